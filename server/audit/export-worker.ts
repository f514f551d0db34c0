import { parentPort, workerData } from 'node:worker_threads';
import { CodedError, codedError, type ErrorCode } from '../../shared/errors.ts';
import { openLog } from '../log.ts';
import { makePack, type PackRequest } from './make-pack.ts';
import type { PackProgress } from './pack.ts';

export type FromExport =
  | { readonly type: 'progress'; readonly progress: PackProgress }
  | { readonly type: 'done'; readonly records: number }
  | { readonly type: 'failed'; readonly code: ErrorCode };

// A pack is written in a thread of its own, so that agents and people wait for nothing.
if (!parentPort) throw new CodedError('INTERNAL', { reason: 'this file runs as a thread only' });
await writeFor(parentPort, workerData);

async function writeFor(
  port: NonNullable<typeof parentPort>,
  { request, logLevel }: { readonly request: PackRequest; readonly logLevel: string },
): Promise<void> {
  const tell = (message: FromExport) => port.postMessage(message);
  try {
    const { files } = await makePack(request, {
      log: openLog(logLevel),
      onProgress: (progress) => tell({ type: 'progress', progress }),
    });
    tell({ type: 'done', records: files.reduce((sum, file) => sum + file.rows, 0) });
  } catch (error) {
    tell({ type: 'failed', code: codedError(error).code });
  }
}
