import type { RuleDetail, Setting } from '../../../shared/api/rules.ts';
import type { Change } from '../../../shared/proposal.ts';

type Settings = RuleDetail['settings'];
type Values = Extract<Change, { kind: 'settings' }>['settings'];

/** What stands in the fields: text as it is typed, a tick, or what was chosen from a list. */
export type Draft = Readonly<Record<string, string | boolean | readonly string[]>>;

export function draftOf(values: Settings['inForce'], schema: Settings['schema']): Draft {
  return Object.fromEntries(
    Object.entries(schema).map(([name, setting]) => {
      const value = values[name];
      if (setting.type === 'boolean') return [name, value === true];
      if (!Array.isArray(value)) return [name, value === undefined ? '' : textOf(value)];
      const items = value.map(String);
      return [name, setting.items?.enum === undefined ? items.join(', ') : items];
    }),
  );
}

/** Only what differs from the configuration: what nobody wants otherwise goes on following it. */
export function valuesOf(draft: Draft, { schema, configured }: Settings): Values {
  return Object.fromEntries(
    Object.entries(schema).flatMap(([name, setting]) => {
      const value = settingOf(draft[name], setting);
      return value === undefined || JSON.stringify(value) === JSON.stringify(configured[name])
        ? []
        : [[name, value]];
    }),
  );
}

export function isBroken(value: Draft[string] | undefined, setting: Setting = {}): boolean {
  if (setting.type === 'integer' || setting.type === 'number') {
    const number = Number(value);
    return (
      typeof value !== 'string' ||
      value.trim() === '' ||
      !Number.isFinite(number) ||
      (setting.type === 'integer' && !Number.isInteger(number)) ||
      number < (setting.minimum ?? Number.NEGATIVE_INFINITY) ||
      number > (setting.maximum ?? Number.POSITIVE_INFINITY)
    );
  }
  if (setting.type !== 'array' || value === undefined) return false;
  const count = itemsOf(value).length;
  return (
    count < (setting.minItems ?? 0) ||
    count > (setting.maxItems ?? Number.POSITIVE_INFINITY) ||
    (setting.items?.type === 'integer' && itemsOf(value).some((item) => !Number.isInteger(Number(item))))
  );
}

/** What a field may hold, in words: `1 to 30`, `50 at most`. */
export function limitsText({ minimum, maximum, minItems, maxItems, items, type }: Setting): string {
  if (minimum !== undefined && maximum !== undefined) return `${number(minimum)} to ${number(maximum)}`;
  if (type !== 'array') return '';
  return [
    ...(items?.enum === undefined ? ['separated by commas'] : []),
    ...(minItems === undefined ? [] : [`at least ${minItems}`]),
    ...(maxItems === undefined ? [] : [`${maxItems} at most`]),
  ].join(', ');
}

/** Objects are told, not asked for: only the configuration can hold them. */
export function isSettable({ type }: Setting): boolean {
  return type !== 'object';
}

function settingOf(value: Draft[string] | undefined, setting: Setting): Values[string] | undefined {
  if (value === undefined || !isSettable(setting)) return undefined;
  if (typeof value === 'boolean') return value;
  if (setting.type === 'array') {
    const items = itemsOf(value);
    return setting.items?.type === 'integer' || setting.items?.type === 'number'
      ? items.map(Number)
      : [...items];
  }
  return setting.type === 'integer' || setting.type === 'number' ? Number(value) : String(value);
}

function itemsOf(value: Draft[string]): readonly string[] {
  if (typeof value === 'boolean') return [];
  if (typeof value !== 'string') return value;
  return value
    .split(/[,\n]/)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
