/** The exceptions of one contractor. */
export const contractor: readonly string[] = [
  `create index proposals_by_subject on proposals (kind, subject, requested_at)`,
];
