import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { inflateRawSync } from 'node:zlib';
import { openSpoolToRead } from '../../agent/spool-file.ts';
import type { BatchPayload } from '../../shared/frames.ts';
import type { Fleet, Machine } from './fleet.ts';
import { keyIn } from './key.ts';

/** What became of every observation. The last four must be nought. */
export interface Account {
  /** In the endpoints' spools by their own word, each told on stdout after it was durable, or found in the spool's ledger. */
  readonly sent: number;
  /** Of them, in the collector's evidence, unpacked from the sealed bytes. */
  readonly stored: number;
  /** In the evidence besides: what began and ended meanwhile, and what new epochs told again. */
  readonly besides: number;
  /** Under a second epoch, from a restored copy that could not know what had been delivered after it was taken. */
  readonly toldAgain: number;
  /** Went to the collector more than once, in whole frames. */
  readonly repeated: number;
  /** Holes on the collector's ledger by cause: how many, and how many observations are really missing in them. */
  readonly holes: Readonly<Record<string, { readonly gaps: number; readonly missing: number }>>;
  /** Neither stored nor in a hole with a cause. */
  readonly lost: readonly string[];
  readonly twice: readonly string[];
  /** Numbers that are missing in the evidence without a hole on the ledger, or in one whose cause nothing here explains. */
  readonly unexplained: readonly string[];
  /** In evidence and in the endpoint's own ledger under one number, with different bytes. */
  readonly differing: readonly string[];
}

/** Not a hole in a chain: an older copy of the folder was put back over what had not left yet. */
const DESTROYED = 'restored copy, never sent';

interface Stretch {
  readonly endpoint: string;
  readonly epoch: string;
  readonly first: number;
  readonly last: number;
}

interface Gap extends Stretch {
  readonly cause: string;
}

/** Reads the files of collector and endpoints after all of them have stopped. */
export function accountOf({ machines, collector }: Fleet): Account {
  using database = new DatabaseSync(join(collector.dataDir, 'collector.sqlite'), { readOnly: true });
  const restored = new Set(
    machines.filter(({ witness }) => witness.restores() > 0).map(({ endpoint }) => endpoint),
  );
  const evidence = readEvidence(database, restored);
  const gaps = database
    .prepare('select endpoint, epoch, first, last, cause from gaps')
    .all() as unknown as Gap[];
  const lost: string[] = [];
  const differing: string[] = [];
  const missing = new Map<string, number>();
  const miss = (cause: string) => missing.set(cause, (missing.get(cause) ?? 0) + 1);
  let sent = 0;
  let stored = 0;

  for (const machine of machines) {
    const { endpoint, witness } = machine;
    const holes = gaps.filter((gap) => gap.endpoint === endpoint);
    for (const told of witness.all()) {
      sent += 1;
      if (evidence.keys.has(`${endpoint} ${told.key}`)) {
        stored += 1;
        continue;
      }
      const hole = holes.find(
        ({ epoch, first, last }) => epoch === told.epoch && first <= told.seq && told.seq <= last,
      );
      if (witness.isDestroyed(told)) miss(DESTROYED);
      else if (hole) miss(hole.cause);
      else lost.push(`${endpoint} ${told.key} (${told.epoch.slice(0, 8)}:${told.seq})`);
    }
    const ledger = ownLedger(machine, evidence, witness.told() > 0);
    sent += ledger.others;
    stored += ledger.othersStored;
    lost.push(...ledger.lost);
    differing.push(...ledger.differing);
  }

  return {
    sent,
    stored,
    besides: evidence.observations - stored - evidence.toldAgain,
    toldAgain: evidence.toldAgain,
    repeated: machines.reduce((sum, { proxy }) => sum + proxy.count.repeated, 0),
    holes: Object.fromEntries(
      [...new Set([...gaps.map(({ cause }) => cause), ...missing.keys()])]
        .sort()
        .map((cause) => [
          cause,
          { gaps: gaps.filter((gap) => gap.cause === cause).length, missing: missing.get(cause) ?? 0 },
        ]),
    ),
    lost,
    twice: [...evidence.twice, ...spansTwice(database)],
    unexplained: [...unnamed(evidence.stretches, gaps), ...uncaused(gaps, restored)],
    differing,
  };
}

interface Evidence {
  readonly observations: number;
  /** The epoch of each observation that has a key, by `endpoint key`. */
  readonly keys: ReadonlyMap<string, string>;
  /** Hash of each batch by `endpoint epoch first`. */
  readonly hashes: ReadonlyMap<string, string>;
  readonly stretches: readonly Stretch[];
  readonly toldAgain: number;
  readonly twice: readonly string[];
}

function readEvidence(database: DatabaseSync, restored: ReadonlySet<string>): Evidence {
  /** By `endpoint key`: the epoch of the first. */
  const keys = new Map<string, string>();
  let toldAgain = 0;
  const hashes = new Map<string, string>();
  const stretches: Stretch[] = [];
  const twice: string[] = [];
  let observations = 0;
  const rows = database.prepare(
    'select endpoint, epoch, first, last, hash, payload from batches order by endpoint, epoch, first',
  );
  for (const row of rows.iterate()) {
    const { hash, payload, ...stretch } = row as unknown as Stretch & { hash: string; payload: Uint8Array };
    const before = stretches.at(-1);
    if (before && sameSpool(before, stretch) && stretch.first <= before.last) twice.push(nameOf(stretch));
    stretches.push(stretch);
    hashes.set(`${stretch.endpoint} ${stretch.epoch} ${stretch.first}`, hash);
    const batch: BatchPayload = JSON.parse(inflateRawSync(payload).toString());
    for (const observation of batch.observations) {
      observations += 1;
      const key = keyIn(observation);
      if (key === undefined) continue;
      const name = `${stretch.endpoint} ${key}`;
      const before = keys.get(name);
      keys.set(name, before ?? stretch.epoch);
      if (before === undefined) continue;
      if (before !== stretch.epoch && restored.has(stretch.endpoint)) toldAgain += 1;
      else twice.push(name);
    }
  }
  return { observations, keys, hashes, stretches, toldAgain, twice };
}

/** Compares the spool's own ledger with the evidence. `others` are the observations that no witness told of. */
function ownLedger({ endpoint, dataDir }: Machine, evidence: Evidence, isWitnessed: boolean) {
  using database = openSpoolToRead(dataDir);
  const rows = database?.prepare('select epoch, first, last, header, fate from batches').all() ?? [];
  const lost: string[] = [];
  const differing: string[] = [];
  let others = 0;
  let othersStored = 0;
  for (const row of rows) {
    const { header, fate, ...stretch } = row as unknown as Stretch & { header: string; fate: string };
    const stored = evidence.hashes.get(`${endpoint} ${stretch.epoch} ${stretch.first}`);
    const own: unknown = JSON.parse(header).hash;
    if (!isWitnessed) others += stretch.last - stretch.first + 1;
    if (!isWitnessed && stored === own) othersStored += stretch.last - stretch.first + 1;
    if (fate === 'delivered' && stored !== own) differing.push(nameOf({ ...stretch, endpoint }));
    if (fate === 'waiting' && !isWitnessed && stored !== own) lost.push(nameOf({ ...stretch, endpoint }));
  }
  return { others, othersStored, lost, differing };
}

/** Every observation that is noted once is one span. */
function spansTwice(database: DatabaseSync): readonly string[] {
  return database
    .prepare(
      `select endpoint, epoch, seq from spans where seq is not null group by endpoint, epoch, seq having count(*) > 1`,
    )
    .all()
    .map(({ endpoint, epoch, seq }) => `span ${String(endpoint)} ${String(epoch)}:${String(seq)}`);
}

/** Numbers between batches, or before the first, that no gap covers. */
function unnamed(stretches: readonly Stretch[], gaps: readonly Gap[]): readonly string[] {
  return stretches.flatMap((stretch, index) => {
    const before = stretches[index - 1];
    const after = before && sameSpool(before, stretch) ? before.last : 0;
    if (stretch.first <= after + 1) return [];
    const hole = { ...stretch, first: after + 1, last: stretch.first - 1 };
    const numbers = Array.from({ length: hole.last - hole.first + 1 }, (_, offset) => hole.first + offset);
    const named = numbers.every((seq) =>
      gaps.some((gap) => sameSpool(gap, hole) && gap.first <= seq && seq <= gap.last),
    );
    return named ? [] : [`no gap for ${nameOf(hole)}`];
  });
}

/** What the laboratory does to every endpoint: too little room, clocks that are set. */
const EXPECTED: ReadonlySet<string> = new Set(['spool-overflow', 'clock-step']);

/** Without a restored copy nothing here makes a spool contradict its chain. */
function uncaused(gaps: readonly Gap[], restored: ReadonlySet<string>): readonly string[] {
  return gaps
    .filter(({ cause, endpoint }) => !EXPECTED.has(cause) && !restored.has(endpoint))
    .map((gap) => `${gap.cause} ${nameOf(gap)}`);
}

function sameSpool(one: Stretch, other: Stretch): boolean {
  return one.endpoint === other.endpoint && one.epoch === other.epoch;
}

function nameOf({ endpoint, epoch, first, last }: Stretch): string {
  return `${endpoint} ${epoch.slice(0, 8)}:${first}-${last}`;
}
