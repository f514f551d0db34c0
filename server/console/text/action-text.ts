export interface ChangeLine {
  readonly label: string;
  /** Left out where nothing is known of before. */
  readonly before?: string;
  readonly after: string;
}

const MOST_CHARACTERS = 300;

/** An action's detail in lines: `before` and `after` side by side, field by field, only where they differ; then all the rest. */
export function changeLines(detail: Readonly<Record<string, unknown>>): readonly ChangeLine[] {
  const { before, after, ...rest } = detail;
  return [
    ...comparedLines(before, after),
    ...Object.entries(rest).map(([label, value]) => ({ label, after: valueText(value) })),
  ];
}

function comparedLines(before: unknown, after: unknown): readonly ChangeLine[] {
  if (before === undefined && after === undefined) return [];
  if (!isRecord(before) && !isRecord(after))
    return [{ label: 'value', before: valueText(before), after: valueText(after) }];
  const [old, fresh] = [fieldsOf(before), fieldsOf(after)];
  return [...new Set([...Object.keys(old), ...Object.keys(fresh)])].flatMap((label) => {
    const [was, is] = [valueText(old[label]), valueText(fresh[label])];
    if (was === is) return [];
    return [{ label, ...(before === null ? {} : { before: was }), after: is }];
  });
}

/** A declaration within is compared part by part as well. */
function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) return {};
  const { declaration, ...rest } = value;
  return isRecord(declaration) ? { ...rest, ...declaration } : value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
