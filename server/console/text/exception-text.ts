import type { FindingDetail } from '../../../shared/api.ts';

const WHATS = ['rule', 'tool', 'country', 'network', 'place'] as const;
type What = (typeof WHATS)[number];
export type Permitted = { readonly [K in What]?: string };

export const WHAT_LABELS: Readonly<Record<What, string>> = {
  rule: 'Rule',
  tool: 'Tool',
  country: 'Country',
  network: 'Network',
  place: 'Place',
};

/** What an exception from this finding could name, as its evidence shows it. */
export function permittable({ finding, spans }: FindingDetail): readonly {
  readonly what: What;
  readonly values: readonly string[];
}[] {
  const values: Record<What, string[]> = {
    rule: [finding.rule],
    tool: [],
    country: [],
    network: [],
    place: finding.scope === 'place' ? [finding.subject] : [],
  };
  for (const { fact } of spans) {
    if (fact.kind === 'egress') {
      if (fact.country !== undefined) values.country.push(fact.country);
      values.network.push(`${fact.ip}/${fact.ip.includes(':') ? 128 : 32}`);
    } else if (fact.kind === 'tool' || fact.kind === 'control') values.tool.push(fact.tool);
  }
  return WHATS.map((what) => ({ what, values: [...new Set(values[what])] }));
}
