/**
 * What the overview is counted from. Triggers note when a finding got worse, and when it was resolved: by judging or by somebody; the severities stand in the text in the order of their weight.
 */
const RANK = (severity: string) => `instr('info low medium high critical', ${severity})`;

export const overview: readonly string[] = [
  `create table overview_marks (account text primary key, seen_at text, seen_feed integer, dismissed_at text) strict`,
  `create table finding_turns (
    id integer primary key, finding text not null, at text not null, what text not null, was text not null) strict`,
  `create index finding_turns_by_time on finding_turns (what, at)`,
  `insert into finding_turns (finding, at, what, was)
    select id, updated_at, 'resolved', 'open' from findings where outcome in ('retracted', 'expected')`,
  `create trigger finding_worsened after update of severity on findings
    when ${RANK('new.severity')} > ${RANK('old.severity')} begin
      insert into finding_turns (finding, at, what, was) values (new.id, new.updated_at, 'worse', old.severity);
    end`,
  `create trigger finding_resolved after update of outcome on findings
    when old.outcome = 'open' and new.outcome in ('retracted', 'expected') begin
      insert into finding_turns (finding, at, what, was) values (new.id, new.updated_at, 'resolved', old.outcome);
    end`,
  `create index finding_turns_of on finding_turns (finding)`,
  `create trigger finding_decided after update of status on findings
    when old.status != 'resolved' and new.status = 'resolved' begin
      insert into finding_turns (finding, at, what, was)
        values (new.id, coalesce(new.triage ->> '$.decidedAt', new.updated_at), 'resolved', old.status);
    end`,
  `create trigger finding_gone after delete on findings begin
      delete from finding_turns where finding = old.id;
    end`,
  `create index findings_by_found on findings (found_at, outcome, severity)`,
  `create index facts_now on spans (kind, endpoint) where "to" is null and kind in ('egress', 'agent')`,
];
