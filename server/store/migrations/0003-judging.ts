/** Indexes of the detector: what touches a window is what ended within it, and what is still open. */
export const judging: readonly string[] = [
  `create index ended_spans on spans (contractor, "to") where "to" is not null`,
  `create index visits_by_end on visits (place, "to")`,
];
