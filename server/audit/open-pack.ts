import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type Entry, fromBufferPromise, fromFdPromise, type ZipFile } from 'yauzl';
import { CodedError } from '../../shared/errors.ts';
import { parseSeal, SEAL_LENGTH } from '../../shared/pack.ts';

export interface PackLimits {
  readonly entries: number;
  /** Of everything, unpacked. */
  readonly bytes: number;
  /** How much larger a file may get than it is packed, once it is large at all. */
  readonly ratio: number;
}

const PACK_LIMITS: PackLimits = { entries: 250_000, bytes: 2 ** 40, ratio: 400 };

/** Small files may be as repetitive as they like. */
const RATIO_FROM = 64 * 1024 * 1024;

export interface OpenPack extends AsyncDisposable {
  readonly size: number;
  /** In the order in which they stand. */
  readonly paths: readonly string[];
  /** What the comment says, and what the bytes before it really are. */
  readonly seal: { readonly sha256: string; readonly signature: string; readonly really: string } | undefined;
  read(path: string): Promise<Readable>;
}

export interface OpenOptions {
  /** A file, or the bytes of one. */
  readonly path: string | Buffer;
  readonly limits?: Partial<PackLimits> | undefined;
  /** Looks no further when bytes before the seal were changed. */
  readonly stopAtSeal?: boolean | undefined;
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/**
 * Opens a zip that is laid out as ours are: one entry after another from the first byte, each once, no folders, links or encryption, and
 * nothing larger than it says. Throws PACK_DAMAGED, or FILE_UNREADABLE when there is no such file.
 */
export async function openPack({ path, limits, stopAtSeal, onBytes }: OpenOptions): Promise<OpenPack> {
  const source = typeof path === 'string' ? await fileSource(path) : bufferSource(path);
  const { size } = source;
  try {
    const seal = await sealOf(source, onBytes);
    if (stopAtSeal && seal?.sha256 !== seal?.really)
      throw new CodedError('PACK_DAMAGED', { reason: 'bytes were changed after it was sealed' });
    const zip = await source.zip();
    const entries = await entriesOf(zip, { size, limits: { ...PACK_LIMITS, ...limits } });
    return {
      size,
      seal,
      paths: [...entries.keys()],
      async read(name) {
        const entry = entries.get(name);
        if (!entry) throw new CodedError('PACK_DAMAGED', { reason: `there is no ${name}` });
        return zip.openReadStreamPromise(entry);
      },
      [Symbol.asyncDispose]: source.close,
    };
  } catch (cause) {
    await source.close();
    if (cause instanceof CodedError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CodedError('PACK_DAMAGED', { reason }, { cause });
  }
}

interface Source {
  readonly size: number;
  /** Fewer bytes than asked for at the end alone. */
  read(at: number, length: number): Promise<Buffer>;
  zip(): Promise<ZipFile>;
  close(): Promise<void>;
}

const ZIP_OPTIONS = { autoClose: false, lazyEntries: true, strictFileNames: true };

async function fileSource(path: string): Promise<Source> {
  const file = await opened(path);
  const { size } = await file.stat();
  const piece = Buffer.alloc(PIECE);
  return {
    size,
    async read(at, length) {
      const { bytesRead } = await file.read(piece, 0, Math.min(length, PIECE), at);
      return piece.subarray(0, bytesRead);
    },
    zip: () => fromFdPromise(file.fd, ZIP_OPTIONS),
    close: () => file.close(),
  };
}

function bufferSource(bytes: Buffer): Source {
  return {
    size: bytes.length,
    read: async (at, length) => bytes.subarray(at, at + length),
    zip: () => fromBufferPromise(bytes, ZIP_OPTIONS),
    close: async () => undefined,
  };
}

async function opened(path: string): Promise<FileHandle> {
  try {
    const file = await open(path, 'r');
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CodedError('FILE_UNREADABLE', { path, reason }, { cause });
  }
  throw new CodedError('FILE_UNREADABLE', { path, reason: 'it is no file' });
}

const PIECE = 1024 * 1024;

async function sealOf(source: Source, onBytes: OpenOptions['onBytes']): Promise<OpenPack['seal']> {
  const end = source.size - SEAL_LENGTH;
  if (end < 0) return undefined;
  const seal = parseSeal((await source.read(end, SEAL_LENGTH)).toString('latin1'));
  if (!seal) return undefined;
  const hash = createHash('sha256');
  for (let at = 0; at < end; ) {
    const piece = await source.read(at, end - at);
    if (piece.length === 0) throw new CodedError('PACK_DAMAGED', { reason: 'it changed while it was read' });
    hash.update(piece);
    at += piece.length;
    onBytes?.(at);
  }
  return { ...seal, really: hash.digest('base64url') };
}

async function entriesOf(
  zip: ZipFile,
  { size, limits }: { readonly size: number; readonly limits: PackLimits },
): Promise<ReadonlyMap<string, Entry>> {
  if (zip.entryCount > limits.entries)
    throw new CodedError('PACK_DAMAGED', { reason: 'it holds too many files', files: zip.entryCount });
  const entries = new Map<string, Entry>();
  let bytes = 0;
  let offset = 0;
  for await (const entry of zip.eachEntry()) {
    const { fileName } = entry;
    if (entries.has(fileName))
      throw new CodedError('PACK_DAMAGED', { reason: 'a file is there twice', file: fileName });
    const wrong = oddity(entry, limits);
    if (wrong !== undefined) throw new CodedError('PACK_DAMAGED', { reason: wrong, file: fileName });
    bytes += entry.uncompressedSize;
    if (bytes > limits.bytes)
      throw new CodedError('PACK_DAMAGED', { reason: 'it would unpack to too much', bytes });
    offset = await endOf(zip, entry, { offset, size });
    entries.set(fileName, entry);
  }
  return entries;
}

const SYMLINK = 0o120000;
const FILE_TYPE = 0o170000;

function oddity(entry: Entry, { ratio }: PackLimits): string | undefined {
  const { fileName, uncompressedSize, compressedSize } = entry;
  if (fileName.endsWith('/')) return 'it holds a folder';
  if (((entry.externalFileAttributes >>> 16) & FILE_TYPE) === SYMLINK) return 'it holds a link';
  if (entry.isEncrypted()) return 'a file is encrypted';
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
    return 'a file is packed in an unknown way';
  if (uncompressedSize > RATIO_FROM && uncompressedSize > compressedSize * ratio)
    return 'a file would unpack to far more than it is';
  return undefined;
}

/** Sizes after the data, as they are written for streams: signature, CRC and two sizes of four or eight bytes. */
const DESCRIPTORS = { none: 0, short: 16, long: 24 };

/** Where the next entry has to begin: entries stand without room between them, so nothing hides there and none shares its bytes. */
async function endOf(
  zip: ZipFile,
  entry: Entry,
  { offset, size }: { readonly offset: number; readonly size: number },
): Promise<number> {
  const header = await zip.readLocalFileHeaderPromise(entry);
  const same =
    header.fileName.equals(entry.fileNameRaw) && header.compressionMethod === entry.compressionMethod;
  if (!same || entry.relativeOffsetOfLocalHeader !== offset)
    throw new CodedError('PACK_DAMAGED', {
      reason: 'its files do not stand one after another',
      file: entry.fileName,
    });
  const streamed = (header.generalPurposeBitFlag & 8) !== 0;
  const long =
    entry.versionNeededToExtract >= 45 ||
    entry.compressedSize >= 0xffff_ffff ||
    entry.uncompressedSize >= 0xffff_ffff;
  const end =
    header.fileDataStart + entry.compressedSize + DESCRIPTORS[streamed ? (long ? 'long' : 'short') : 'none'];
  if (end > size)
    throw new CodedError('PACK_DAMAGED', { reason: 'a file ends after the pack', file: entry.fileName });
  return end;
}
