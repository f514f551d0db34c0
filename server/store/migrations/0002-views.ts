/** Indexes of what people read: who is online, the latest of what an endpoint is, its past, and the queue of findings. */
export const views: readonly string[] = [
  `create index presence_now on spans (endpoint, kind, "to") where kind = 'presence' and "to" is null`,
  `create index latest_state on spans (endpoint, kind, ("to" is null), "from")
    where kind in ('egress', 'platform', 'agent')`,
  `create index spans_by_endpoint on spans (endpoint, "from")`,
  `create index findings_by_outcome on findings (outcome, updated_at, id, severity)`,
];
