/** One span may tell of two places, such as a gateway and an access point; and where else somebody was is asked by who they are. */
export const places: readonly string[] = [
  `create table visits_of_places (
    span integer not null, place text not null, contractor text not null, endpoint text not null,
    "from" text not null, "to" text, network_class text not null, primary key (span, place)) strict, without rowid`,
  `insert into visits_of_places (span, place, contractor, endpoint, "from", "to", network_class)
    select span, place, contractor, endpoint, "from", "to", network_class from visits`,
  `drop table visits`,
  `alter table visits_of_places rename to visits`,
  `create index open_visits on visits (endpoint) where "to" is null`,
  `create index visits_by_place on visits (place, "from")`,
  `create index visits_by_end on visits (place, "to")`,
  `create index visits_by_contractor on visits (contractor, "to")`,
];
