/** By which token each endpoint came; and indexes of fleets in order of name, findings by rule and exception, visitors of places. */
export const fleet: readonly string[] = [
  `alter table endpoints add column token text`,
  `update endpoints set token = enrolled.token from (
    select subject, detail ->> '$.token' as token from actions where action = 'endpoint.enroll') as enrolled
    where enrolled.subject = endpoints.id`,
  `create index endpoints_by_token on endpoints (token) where token is not null`,
  `create index endpoints_by_name on endpoints (hostname, id)`,
  `create index findings_by_rule on findings (outcome, rule)`,
  `create index findings_expected on findings (body ->> '$.outcomeReason') where outcome = 'expected'`,
  `create index visitors on visits (place, contractor)`,
];
