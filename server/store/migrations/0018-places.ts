/** Places in order of how many were there are counted from this alone, and a row of it never changes. */
export const placesByVisitor: readonly string[] = [
  `create index visits_by_visitor on visits (place, contractor)`,
];
