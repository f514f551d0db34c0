import { CodedError } from '../../shared/errors.ts';

/** Takes lines and counted bytes from a stream, holding no more than what was asked for. */
export interface ByteReader {
  /** Without its line feed; undefined at the end. Throws PACK_DAMAGED when it is too long or was cut off. */
  line(): Promise<Buffer | undefined>;
  /** Throws PACK_DAMAGED when there are fewer. */
  exact(count: number): Promise<Buffer>;
  /** Takes the rest and keeps nothing of it. */
  drain(): Promise<void>;
}

const LINE_FEED = 10;
const LONGEST_LINE = 16 * 1024 * 1024;

export function newByteReader(stream: AsyncIterable<Buffer>): ByteReader {
  const chunks = stream[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const next = async (): Promise<Buffer | undefined> => {
    const { done, value } = await chunks.next();
    return done ? undefined : value;
  };
  return {
    async line() {
      let end = rest.indexOf(LINE_FEED);
      while (end === -1) {
        const chunk = await next();
        if (!chunk) {
          if (rest.length === 0) return undefined;
          throw new CodedError('PACK_DAMAGED', { reason: 'the last line was cut off' });
        }
        const found = chunk.indexOf(LINE_FEED);
        end = found === -1 ? -1 : rest.length + found;
        rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
        if (rest.length > LONGEST_LINE && end === -1)
          throw new CodedError('PACK_DAMAGED', { reason: 'a line is too long' });
      }
      const line = rest.subarray(0, end);
      rest = rest.subarray(end + 1);
      return line;
    },
    async drain() {
      rest = Buffer.alloc(0);
      while (await next());
    },
    async exact(count) {
      const gathered = [rest];
      let length = rest.length;
      while (length < count) {
        const chunk = await next();
        if (!chunk) throw new CodedError('PACK_DAMAGED', { reason: 'bytes are missing' });
        gathered.push(chunk);
        length += chunk.length;
      }
      const all = gathered.length === 1 ? rest : Buffer.concat(gathered, length);
      rest = all.subarray(count);
      return all.subarray(0, count);
    },
  };
}
