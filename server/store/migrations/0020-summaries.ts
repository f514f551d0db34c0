/**
 * Who was ever at a place, kept beside the stays by triggers, so that a list of places counts nothing: a stay costs one look whether
 * its visitor was there before. It takes the place of two indexes that were one. What is true now of agents and addresses is read
 * from its index alone.
 */
export const summaries: readonly string[] = [
  `drop index visitors`,
  `drop index visits_by_visitor`,
  `create table visitors (
    place text not null, contractor text not null, primary key (place, contractor)) strict, without rowid`,
  `create table visited_places (place text primary key, visitors integer not null) strict, without rowid`,
  `insert into visitors (place, contractor) select distinct place, contractor from visits`,
  `insert into visited_places (place, visitors) select place, count(*) from visitors group by place`,
  `create index places_by_visitors on visited_places (visitors desc, place)`,
  `create trigger visit_began after insert on visits begin
    insert or ignore into visitors (place, contractor) values (new.place, new.contractor);
  end`,
  `create trigger visitor_came after insert on visitors begin
    insert into visited_places (place, visitors) values (new.place, 1)
      on conflict (place) do update set visitors = visitors + 1;
  end`,
  `create trigger visit_gone after delete on visits
    when not exists (select 1 from visits where contractor = old.contractor and place = old.place) begin
      delete from visitors where place = old.place and contractor = old.contractor;
  end`,
  `create trigger visitor_gone after delete on visitors begin
    update visited_places set visitors = visitors - 1 where place = old.place;
    delete from visited_places where place = old.place and visitors = 0;
  end`,
  `drop index facts_now`,
  `create index facts_now on spans (kind, endpoint, contractor, fact) where "to" is null and kind in ('egress', 'agent')`,
];
