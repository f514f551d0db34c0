import { openPromise } from 'yauzl';
import { CodedError } from '../../shared/errors.ts';

/** Reports are bounded; whatever is larger is none of ours. */
const MOST_BYTES = 16 * 1024 * 1024;

/** One file out of a pack that this collector made, without checking the pack. Throws NOT_FOUND. */
export async function readDocument(pack: string, name: string): Promise<Buffer> {
  const zip = await openPromise(pack, { autoClose: false, lazyEntries: true });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== name || entry.uncompressedSize > MOST_BYTES) continue;
      const chunks: Buffer[] = [];
      for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(Buffer.from(chunk));
      return Buffer.concat(chunks);
    }
  } finally {
    zip.close();
  }
  throw new CodedError('NOT_FOUND', { document: name });
}
