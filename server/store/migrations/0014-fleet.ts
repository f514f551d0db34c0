/** By which token each endpoint came, and the orders in which people read fleets and findings by rule. */
export const fleet: readonly string[] = [
  `alter table endpoints add column token text`,
  `update endpoints set token = enrolled.token from (
    select subject, detail ->> '$.token' as token from actions where action = 'endpoint.enroll') as enrolled
    where enrolled.subject = endpoints.id`,
  `create index endpoints_by_token on endpoints (token) where token is not null`,
  `create index endpoints_by_name on endpoints (hostname, id)`,
  `create index findings_by_rule on findings (rule, outcome)`,
];
