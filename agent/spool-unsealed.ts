import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { factKey } from '../shared/facts.ts';
import type { Observation } from '../shared/observation.ts';
import { rankOf } from './spool-overflow.ts';

/** What the number adds to an observation's text, at most. */
const NUMBER_BYTES = '"seq":9007199254740991,'.length;

/** Keeps an observation until it is sealed; its number is kept beside its text, since a new epoch gives it another. Gives its size. */
export function addUnsealed(database: DatabaseSync, { seq, ...observation }: Observation): number {
  const { change, fact } = observation;
  const key = change === 'noted' ? null : factKey(fact);
  const body = JSON.stringify(observation);
  const bytes = Buffer.byteLength(body) + NUMBER_BYTES;
  const ended = change === 'ended' ? 1 : 0;
  const rank = rankOf(fact.kind);
  // Reckoned here, since SQLite would write a bound number as 1.0 into a text.
  const crc = crc32(`${key ?? ''}|${ended}|${rank}|${fact.kind}|${body}`);
  database
    .prepare(
      `insert into unsealed (seq, rank, kind, key, ended, body, bytes, crc)
       values (:seq, :rank, :kind, :key, :ended, :body, :bytes, :crc)`,
    )
    .run({ seq, rank, kind: fact.kind, key, ended, body, bytes, crc });
  return bytes;
}

/** The text of an observation with its number, as it is sealed. */
export function numbered(body: string, seq: number): string {
  return `{"seq":${seq},${body.slice(1)}`;
}
