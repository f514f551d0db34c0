/** Cases, with whom and what they concern; `schema.ts` says what the columns mean. */
export const cases: readonly string[] = [
  `create table cases (
    id text primary key, status text not null, opened_at text not null, updated_at text not null, body text not null) strict`,
  `create index cases_by_time on cases (updated_at, id)`,
  `create table case_contractors ("case" text not null, contractor text not null, primary key ("case", contractor)) strict`,
  `create index cases_of_contractor on case_contractors (contractor)`,
  `create table case_findings ("case" text not null, finding text not null, primary key ("case", finding)) strict`,
  `create index cases_of_finding on case_findings (finding)`,
];
