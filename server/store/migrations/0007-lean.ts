/**
 * Every span pays for its indexes twice, when it opens and when it ends, so two serve all: `open_spans` what is true now, and
 * `ended_spans` what was. The small ones of presence and latest state cost other kinds nothing.
 */
export const lean: readonly string[] = [
  `drop index spans_by_contractor`,
  `drop index spans_by_endpoint_and_kind`,
  `drop index spans_by_endpoint`,
  `create index spans_around_gaps on spans (endpoint, kind, "from") where kind in ('presence', 'agent', 'gap')`,
];
