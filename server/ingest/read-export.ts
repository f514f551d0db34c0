import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import * as z from 'zod/mini';
import { CodedError, codedError } from '../../shared/errors.ts';
import {
  type ExportHeader,
  exportEndSchema,
  exportHeaderSchema,
  exportText,
} from '../../shared/export-file.ts';
import {
  type BatchPayload,
  LIMITS,
  parseAgentFrame,
  parsePayload,
  type SealedBatch,
} from '../../shared/frames.ts';
import { problemsOf } from '../../shared/problems.ts';
import { publicKeyOf, verifySeal, verifyText } from './verify.ts';

export interface ExportedBatch {
  readonly batch: SealedBatch;
  readonly payload: BatchPayload;
}

export interface ExportAccount {
  readonly batches: number;
  readonly sha256: string;
}

/** Reads the first line alone, which nobody has signed yet. Throws EXPORT_INVALID or FILE_UNREADABLE. */
export async function readExportHeader(path: string): Promise<ExportHeader> {
  for await (const line of linesOf(path)) return parsed(exportHeaderSchema, line, 1);
  throw new CodedError('EXPORT_INVALID', { file: path, reason: 'it is empty' });
}

/**
 * Gives the batches of a file, each verified, and at its end checks that nothing was cut off or changed. Throws EXPORT_INVALID,
 * SIGNATURE_INVALID or FILE_UNREADABLE; what was given before stands alone by its seal.
 */
export async function* readExport(
  path: string,
  publicKey: string,
): AsyncGenerator<ExportedBatch, ExportAccount> {
  const key = publicKeyOf(publicKey);
  const hash = createHash('sha256');
  let [number, batches] = [0, 0];
  let header: string | undefined;
  let account: ExportAccount | undefined;
  for await (const line of linesOf(path)) {
    number += 1;
    if (account) throw new CodedError('EXPORT_INVALID', { line: number, reason: 'it goes on after its end' });
    if (header === undefined && line.startsWith('{"end"')) {
      const end = parsed(exportEndSchema, line, number);
      const sha256 = hash.digest('base64url');
      if (end.sha256 !== sha256 || end.batches !== batches)
        throw new CodedError('EXPORT_INVALID', {
          line: number,
          reason: 'it was changed after it was written',
        });
      verifyText(key, exportText(sha256), end.signature);
      account = { batches, sha256 };
      continue;
    }
    hash.update(`${line}\n`);
    if (number === 1) parsed(exportHeaderSchema, line, number);
    else if (header === undefined) header = line;
    else {
      yield verified(key, { header, payload: line, number });
      batches += 1;
      header = undefined;
    }
  }
  if (!account)
    throw new CodedError('EXPORT_INVALID', { line: number, reason: 'its end is missing, it was cut off' });
  return account;
}

function verified(
  key: ReturnType<typeof publicKeyOf>,
  { header, payload, number }: { readonly header: string; readonly payload: string; readonly number: number },
): ExportedBatch {
  try {
    const batch = parseAgentFrame(`${header}\n${payload}`);
    if (!('payload' in batch)) throw new CodedError('FRAME_INVALID', { reason: 'not a batch' });
    verifySeal(key, batch);
    return { batch, payload: parsePayload(batch) };
  } catch (error) {
    const { code, context } = codedError(error);
    if (code === 'SIGNATURE_INVALID') throw error;
    throw new CodedError('EXPORT_INVALID', { line: number, ...context }, { cause: error });
  }
}

/** Lines of at most a frame. A last one without its line feed was cut off. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const stream = createReadStream(path);
  let rest = Buffer.alloc(0);
  try {
    for await (const chunk of stream) {
      rest = Buffer.concat([rest, chunk]);
      for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
        yield rest.toString('utf8', 0, end);
        rest = rest.subarray(end + 1);
      }
      if (rest.length > LIMITS.frameBytes)
        throw new CodedError('EXPORT_INVALID', { reason: 'a line is too long' });
    }
  } catch (cause) {
    throw codedError(cause, 'FILE_UNREADABLE');
  } finally {
    stream.destroy();
  }
  if (rest.length > 0) throw new CodedError('EXPORT_INVALID', { reason: 'its last line was cut off' });
}

function parsed<T extends z.core.$ZodType>(schema: T, line: string, number: number): z.infer<T> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new CodedError('EXPORT_INVALID', { line: number, reason: 'not JSON' }, { cause });
  }
  const result = z.safeParse(schema, value);
  if (!result.success)
    throw new CodedError('EXPORT_INVALID', { line: number, reason: problemsOf(result.error) });
  return result.data;
}
