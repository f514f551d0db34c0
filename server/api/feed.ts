import { CodedError } from '../../shared/errors.ts';
import type { Api } from './options.ts';
import { bytesOf, errorEvent, type FeedReader, tellFeed } from './tell-feed.ts';

/** What may wait for a reader, beside what its socket holds. */
const QUEUED_BYTES = 64 * 1024;

/** The feed as a stream that is pulled: a reader without room is not read for, and one that stays without room is cut. */
export function openFeed(api: Api, reader: FeedReader): ReadableStream<Uint8Array> {
  const left = new AbortController();
  const words = tellFeed(
    api,
    reader,
    api.stopping ? AbortSignal.any([left.signal, api.stopping]) : left.signal,
  );
  let canceled = false;
  let timer: NodeJS.Timeout | undefined;
  const leave = () => {
    clearTimeout(timer);
    api.readers.delete(left);
    left.abort();
    // One that waits at a `yield` hears no signal.
    void words.return(undefined);
  };
  const cut = (stream: ReadableStreamDefaultController<Uint8Array>) => {
    api.log.warn({ account: reader.account }, 'slow feed reader cut');
    leave();
    const error = new CodedError('FEED_READER_SLOW');
    stream.enqueue(bytesOf(errorEvent(error)));
    timer = setTimeout(() => stream.error(error), api.feedLimits.graceMs);
  };

  api.readers.set(left, reader.account);
  return new ReadableStream<Uint8Array>(
    {
      pull: async (stream) => {
        clearTimeout(timer);
        const { done, value } = left.signal.aborted ? { done: true } : await words.next();
        if (canceled) return;
        if (done || value === undefined) {
          leave();
          stream.close();
          return;
        }
        stream.enqueue(value);
        timer = setTimeout(cut, api.feedLimits.slowAfterMs, stream);
      },
      cancel: () => {
        canceled = true;
        leave();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: QUEUED_BYTES }),
  );
}
