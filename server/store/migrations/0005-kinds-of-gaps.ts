/** What is missing between the first and the last number of a hole; null where every number is, and nobody knows of what kind. */
export const kindsOfGaps: readonly string[] = [
  `alter table gaps add column count integer`,
  `alter table gaps add column kinds text`,
];
