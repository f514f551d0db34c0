import { createHash } from 'node:crypto';

/** A Merkle tree as of RFC 6962, section 2.1, that keeps one hash for each of its levels. */
export interface Merkle {
  /** Adds a leaf; gives its hash. */
  add(leaf: string): string;
  /** Adds a leaf of which only the hash is known. */
  addHash(hash: string): void;
  readonly count: number;
  root(): string;
}

export function newMerkle(): Merkle {
  const levels: { readonly hash: Buffer; readonly size: number }[] = [];
  let count = 0;
  const addHash = (leaf: Buffer) => {
    count += 1;
    let top = { hash: leaf, size: 1 };
    for (let left = levels.at(-1); left?.size === top.size; left = levels.at(-1)) {
      levels.pop();
      top = { hash: joined(left.hash, top.hash), size: top.size * 2 };
    }
    levels.push(top);
  };
  return {
    add(leaf) {
      const hash = createHash('sha256').update('\0').update(leaf).digest();
      addHash(hash);
      return hash.toString('base64url');
    },
    addHash: (hash) => addHash(Buffer.from(hash, 'base64url')),
    get count() {
      return count;
    },
    root: () =>
      (levels.length === 0
        ? createHash('sha256').digest()
        : levels.map(({ hash }) => hash).reduceRight((right, left) => joined(left, right))
      ).toString('base64url'),
  };
}

function joined(left: Buffer, right: Buffer): Buffer {
  return createHash('sha256').update('\x01').update(left).update(right).digest();
}
