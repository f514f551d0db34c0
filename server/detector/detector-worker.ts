import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { CodedError, codedError } from '../../shared/errors.ts';
import { openCatalog } from '../catalog/additions-file.ts';
import { RULES } from '../detect/rules/index.ts';
import { logTo } from '../log.ts';
import { startCheckpoints } from '../store/checkpoints.ts';
import { openStore } from '../store/store.ts';
import { startDetector } from './detector.ts';
import type { Outcome } from './outcome.ts';
import type { Failure, FromThread, ThreadData, ToThread } from './thread-messages.ts';

// The detector in a thread of its own: reads the store beside the collector's connection, and asks the collector to write.
if (!parentPort) throw new CodedError('INTERNAL', { reason: 'this file runs as a thread only' });
await judgeFor(parentPort, workerData);

async function judgeFor(port: NonNullable<typeof parentPort>, data: ThreadData): Promise<void> {
  yieldToAcks();
  const tell = (message: FromThread) => port.postMessage(message);
  const log = logTo(data.logLevel, (line) => tell({ type: 'log', line }));
  const writing = new Map<number, { kept(): void; failed(error: CodedError): void }>();
  let asked = 0;
  const keep = (outcome: Outcome): Promise<void> =>
    new Promise((resolve, reject) => {
      asked += 1;
      writing.set(asked, { kept: resolve, failed: reject });
      tell({ type: 'keep', id: asked, outcome });
    });

  await using opened = new AsyncDisposableStack();
  const store = opened.use(await openStore(data.dataDir));
  const catalog = await openCatalog(data.dataDir);
  opened.use(startCheckpoints(store.db, log));
  const { settings } = data;
  const detector = opened.use(
    startDetector({ store, clock: Date.now, log, rules: RULES, catalog, settings, keep }),
  );

  await new Promise<void>((stop) => {
    port.on('message', (message: ToThread) => {
      if (message.type === 'dirty') store.dirty.ring();
      else if (message.type === 'stop') stop();
      else if (message.type === 'settle') {
        const { id } = message;
        detector.settled().then(
          () => tell({ type: 'settled', id }),
          (error: unknown) => tell({ type: 'settled', id, failure: failureOf(error) }),
        );
      } else {
        const { id, failure } = message;
        const waiting = writing.get(id);
        writing.delete(id);
        if (failure) waiting?.failed(new CodedError(failure.code, failure.context));
        else waiting?.kept();
      }
    });
  });
  await opened.disposeAsync();
  port.close();
}

/** On Linux a thread has a priority of its own (setpriority(2), "C library/kernel differences"); elsewhere this would slow all of the process. */
function yieldToAcks(): void {
  if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
}

function failureOf(thrown: unknown): Failure {
  const { code, context } = codedError(thrown);
  return { code, context };
}
