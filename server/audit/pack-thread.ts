import { Worker } from 'node:worker_threads';
import { codedError } from '../../shared/errors.ts';
import type { Log } from '../log.ts';
import type { FromExport } from './export-worker.ts';
import type { PackRequest } from './make-pack.ts';
import type { PackProgress } from './pack.ts';

export interface PackThread {
  readonly ended: Promise<Extract<FromExport, { type: 'done' | 'failed' }>>;
  /** Ends it wherever it is; its temporary file stays. */
  stop(): Promise<void>;
}

/** Writes a pack in a thread of its own. */
export function packThread(
  request: PackRequest,
  { log, onProgress }: { readonly log: Log; readonly onProgress?: (progress: PackProgress) => void },
): PackThread {
  const data = { request, logLevel: log.level };
  const worker = new Worker(new URL('./export-worker.ts', import.meta.url), { workerData: data });
  const ended = new Promise<Extract<FromExport, { type: 'done' | 'failed' }>>((resolve) => {
    worker.on('message', (message: FromExport) => {
      if (message.type === 'progress') onProgress?.(message.progress);
      else resolve(message);
    });
    worker.on('error', (error) => {
      log.error({ err: codedError(error) }, 'a pack was not made');
      resolve({ type: 'failed', code: 'INTERNAL' });
    });
    worker.on('exit', () => resolve({ type: 'failed', code: 'PACK_INTERRUPTED' }));
  });
  return {
    ended,
    stop: async () => {
      await worker.terminate();
    },
  };
}
