import { expect, test } from 'vitest';
import { filesUnder } from '../../../agent/host/linux/files.ts';
import { processReader } from '../../../agent/host/linux/processes.ts';
import { emptyTree, type Tree } from '../world.ts';

async function start(tree: Tree, pid: number, name: string): Promise<void> {
  await tree.write(`proc/${pid}/comm`, `${name}\n`);
  await tree.write(`proc/${pid}/cmdline`, `/bin/${name}\0`);
}

test('an unchanged process is the same object in the next round', async () => {
  await using tree = await emptyTree();
  await start(tree, 1, 'init');
  const read = processReader(filesUnder(tree.root));
  const [before] = await read();
  const [after] = await read();
  expect(before?.names).toEqual(['init']);
  expect(after).toBe(before);
});

test('a process that was seen between fork and exec is known by its new name in the next round', async () => {
  await using tree = await emptyTree();
  await start(tree, 1, 'init');
  await start(tree, 50, 'sh');
  const read = processReader(filesUnder(tree.root));
  await read();
  await start(tree, 50, 'anydesk');
  expect((await read()).find(({ pid }) => pid === 50)?.names).toEqual(['anydesk']);
});

test('an old process that becomes another program is seen within twelve rounds', async () => {
  await using tree = await emptyTree();
  await start(tree, 1, 'init');
  await start(tree, 50, 'sh');
  const read = processReader(filesUnder(tree.root));
  for (let round = 0; round < 5; round += 1) await read();
  await start(tree, 50, 'anydesk');
  let names: readonly string[] = [];
  for (let round = 0; round < 12; round += 1)
    names = (await read()).find(({ pid }) => pid === 50)?.names ?? [];
  expect(names).toEqual(['anydesk']);
});

test('a process that went is gone, and so is one that is buried while it is read', async () => {
  await using tree = await emptyTree();
  await start(tree, 1, 'init');
  await start(tree, 50, 'sh');
  await tree.write('proc/51/status', '');
  const read = processReader(filesUnder(tree.root));
  expect((await read()).map(({ pid }) => pid)).toEqual([1, 50]);
  await tree.remove('proc/50');
  expect((await read()).map(({ pid }) => pid)).toEqual([1]);
});
