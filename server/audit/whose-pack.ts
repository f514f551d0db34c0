import { open } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod/mini';
import { codedError } from '../../shared/errors.ts';
import { MANIFEST, manifestSchema, type PackSchedule, parseSeal, SEAL_LENGTH } from '../../shared/pack.ts';
import { openPack } from './open-pack.ts';

/** What a whole pack says of itself; undefined for a file that is none. */
export async function whoseIs(
  path: string,
): Promise<{ readonly schedule: PackSchedule | undefined; readonly records: number } | undefined> {
  try {
    await using pack = await openPack({ path, stopAtSeal: true });
    const { schedule, files } = z.parse(
      manifestSchema,
      JSON.parse(String(await buffer(await pack.read(MANIFEST)))),
    );
    return { schedule, records: files.reduce((sum, file) => sum + file.rows, 0) };
  } catch (error) {
    const { code } = codedError(error, 'PACK_DAMAGED');
    if (code === 'PACK_DAMAGED' || code === 'FILE_UNREADABLE') return undefined;
    throw error;
  }
}

/** The hash that a file's seal names; null for a file that is no pack. It is not compared with the bytes. */
export async function sealIn(path: string): Promise<string | null> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  if (size < SEAL_LENGTH) return null;
  const { buffer: bytes } = await file.read(Buffer.alloc(SEAL_LENGTH), 0, SEAL_LENGTH, size - SEAL_LENGTH);
  return parseSeal(bytes.toString('latin1'))?.sha256 ?? null;
}
