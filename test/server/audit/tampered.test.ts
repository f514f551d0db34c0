import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { ZipFile } from 'yazl';
import { verifyPack } from '../../../server/audit/verify.ts';
import { type AuditWorld, auditWorld } from './world.ts';

let world: AuditWorld;
let pack: Buffer;
let changed: string;
beforeAll(async () => {
  world = await auditWorld({ machines: 1, days: 1 });
  pack = readFileSync(await world.pack({ rules: [] }));
  changed = join(world.dataDir, 'changed.zip');
});
afterAll(() => world[Symbol.asyncDispose]());

test('every single changed byte of a pack is detected', async () => {
  const missed: number[] = [];
  const bytes = Buffer.from(pack);
  for (let offset = 0; offset < pack.length; offset += 1) {
    const was = bytes[offset] ?? 0;
    bytes[offset] = was ^ (1 << (offset % 8));
    const { outcome } = await verifyPack({ path: bytes, stopAtSeal: offset % 1009 !== 0 });
    bytes[offset] = was;
    if (outcome === 'verified') missed.push(offset);
  }
  expect({ bytes: pack.length, missed }).toEqual({ bytes: pack.length, missed: [] });
});

test('a pack that was cut off anywhere, or goes on after its end, is detected', async () => {
  for (let length = 0; length < pack.length; length += 397)
    expect(await outcomeOf(pack.subarray(0, length))).not.toBe('verified');
  expect(await outcomeOf(Buffer.concat([pack, Buffer.from('x')]))).not.toBe('verified');
  expect(await outcomeOf(Buffer.concat([Buffer.from('x'), pack]))).not.toBe('verified');
  expect(await outcomeOf(pack)).toBe('verified');
});

test('every file that is left out, said twice, swapped with another or cut off is named', async () => {
  const files = await filesOf(pack);
  for (const [index, { name, bytes }] of files.entries()) {
    const others = files.toSpliced(index, 1);
    const without = await verdictOf(others);
    expect(without.outcome).not.toBe('verified');
    expect(await outcomeOf(await zipped([...files, { name, bytes }]))).not.toBe('verified');
    const next = others[index % others.length] ?? { name: '', bytes: Buffer.alloc(0) };
    const swapped = files.map((file) => ({
      name: file.name === name ? next.name : file.name === next.name ? name : file.name,
      bytes: file.bytes,
    }));
    expect((await verdictOf(swapped)).outcome).not.toBe('verified');
    if (bytes.length === 0) continue;
    const cut = files.toSpliced(index, 1, { name, bytes: bytes.subarray(0, -1) });
    expect(await verdictOf(cut)).toMatchObject({ outcome: expect.stringMatching(/tampered|unreadable/) });
  }
  const more = await verdictOf([...files, { name: 'evidence/more.batches', bytes: Buffer.from('x') }]);
  expect(more.troubles).toContainEqual(
    expect.objectContaining({ file: 'evidence/more.batches', kind: 'tampered' }),
  );
});

test('a changed record is named: which batch of which endpoint', async () => {
  const files = await filesOf(pack);
  const [machine] = world.machines;
  const changedFiles = files.map(({ name, bytes }) => ({
    name,
    bytes: name.startsWith('evidence/') ? Buffer.from(bytes.toString().replace('mallory', 'malorie')) : bytes,
  }));
  expect((await verdictOf(changedFiles)).troubles).toContainEqual(
    expect.objectContaining({
      endpoint: machine?.endpoint,
      record: expect.stringMatching(/^batch 1–2 of spool [0-9a-f]{32}$/),
      says: 'its payload is not what was sealed',
    }),
  );
});

test('zip bombs, paths that leave, links and files that are no pack are unreadable, quickly', async () => {
  const files = await filesOf(pack);
  for (const [name, bytes] of [
    ['bomb', Buffer.alloc(80 * 1024 * 1024)],
    ['../outside', Buffer.from('x')],
    ['/outside', Buffer.from('x')],
  ] as const) {
    writeFileSync(
      changed,
      disguised(
        await zipped([...files, { name: name.replace('../', 'aa/').replace(/^\//, 'b'), bytes }]),
        name,
      ),
    );
    expect([name, (await verifyPack({ path: changed })).outcome]).toEqual([name, 'unreadable']);
  }
  expect(
    await outcomeOf(
      await zipped([...files, { name: 'link', bytes: Buffer.from('/etc/passwd'), mode: 0o120777 }]),
    ),
  ).toBe('unreadable');
  expect(await outcomeOf(Buffer.from('no zip at all'))).toBe('unreadable');
  expect(await outcomeOf(Buffer.alloc(0))).toBe('unreadable');
  expect((await verifyPack({ path: join(world.dataDir, 'nothing') })).outcome).toBe('unreadable');
  writeFileSync(changed, pack);
  expect(await verifyPack({ path: changed, limits: { entries: 3 } })).toMatchObject({
    outcome: 'unreadable',
  });
  expect(await verifyPack({ path: changed, limits: { bytes: 100 } })).toMatchObject({
    outcome: 'unreadable',
  });
});

const disk = join('/tmp', `farhand-disk-${process.pid}`);
const noDisk = mounted();
afterAll(() => {
  if (noDisk === undefined) execFileSync('umount', ['--lazy', disk]);
});

function mounted(): string | undefined {
  mkdirSync(disk, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', disk], { stdio: 'pipe' });
    return undefined;
  } catch {
    return 'mounting a small disk needs the rights of root';
  }
}

test.skipIf(noDisk !== undefined)('a full disk is told by its code and leaves nothing behind', async () => {
  await expect(world.pack({ path: join(disk, 'pack.zip') })).rejects.toMatchObject({
    code: 'PACK_DISK_FULL',
  });
  expect(readdirSync(disk)).toEqual([]);
});

test('a folder that is not there is told by its code', async () => {
  const path = join(world.dataDir, 'no', 'folder', 'pack.zip');
  await expect(world.pack({ path })).rejects.toMatchObject({ code: 'PACK_UNWRITABLE' });
});

test('a pack that is stopped in the middle leaves nothing behind', async () => {
  const path = join(world.dataDir, 'stopped.zip');
  const stop = new AbortController();
  const writing = world.pack({ path, signal: stop.signal, onProgress: () => stop.abort() });
  await expect(writing).rejects.toThrow();
  expect(readdirSync(world.dataDir).filter((name) => name.startsWith('stopped'))).toEqual([]);
});

interface File {
  readonly name: string;
  readonly bytes: Buffer;
  readonly mode?: number;
}

async function verdictOf(files: readonly File[]) {
  return verifyPack({ path: await zipped(files) });
}

async function outcomeOf(bytes: Buffer) {
  return (await verifyPack({ path: bytes })).outcome;
}

async function filesOf(zip: Buffer): Promise<readonly File[]> {
  const opened = await fromBufferPromise(zip, { lazyEntries: true });
  const files: File[] = [];
  for await (const entry of opened.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await opened.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    files.push({ name: entry.fileName, bytes: Buffer.concat(chunks) });
  }
  return files;
}

/** Zipped anew as anybody could, with the seal that the pack had. */
async function zipped(files: readonly File[]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const { name, bytes, mode = 0o100644 } of files) zip.addBuffer(bytes, name, { mode });
  zip.end({ forceZip64Format: false, comment: pack.subarray(-sealLength()).toString() });
  return buffer(zip.outputStream as NodeJS.ReadableStream);
}

function sealLength(): number {
  return pack.length - pack.lastIndexOf('farhand-pack.v1 sha256=');
}

/** With a name in it that no honest writer would write. */
function disguised(zip: Buffer, name: string): Buffer {
  const harmless = name.replace('../', 'aa/').replace(/^\//, 'b');
  return Buffer.from(zip.toString('latin1').replaceAll(harmless, name), 'latin1');
}
