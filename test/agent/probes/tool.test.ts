import { expect, test } from 'vitest';
import { systemHost } from '../../../agent/host/system-host.ts';
import { toolProbe } from '../../../agent/probes/tool.ts';
import { matcherOf } from '../../../shared/catalog/match.ts';
import { CATALOG, contextOf, emptyTree, factsOf, recorded, type Tree } from '../world.ts';

async function start(tree: Tree, pid: number, name: string): Promise<void> {
  await tree.write(`proc/${pid}/comm`, `${name}\n`);
  await tree.write(`proc/${pid}/cmdline`, `/bin/${name}\0`);
}

test('a recorded laptop gives its watched tools, running and installed, and nothing else', async () => {
  const facts = await factsOf(toolProbe, contextOf(recorded('laptop')));
  expect(facts).toEqual([
    {
      kind: 'tool',
      tool: 'anydesk',
      state: 'running',
      category: 'remote-access',
      signs: [{ by: 'process', name: 'anydesk' }],
      version: '6.3.2-1',
      unattended: true,
    },
    {
      kind: 'tool',
      tool: 'example-relay',
      state: 'running',
      category: 'tunnel',
      signs: [
        { by: 'path', name: '~/.example-relay' },
        { by: 'process', name: 'example-relay' },
      ],
    },
    {
      kind: 'tool',
      tool: 'example-remote',
      state: 'running',
      category: 'remote-access',
      signs: [
        { by: 'path', name: '/opt/example-remote' },
        { by: 'process', name: 'agent' },
      ],
    },
    {
      kind: 'tool',
      tool: 'anydesk',
      state: 'installed',
      category: 'remote-access',
      signs: [
        { by: 'package', name: 'anydesk' },
        { by: 'service', name: 'anydesk' },
      ],
      version: '6.3.2-1',
      unattended: true,
    },
    {
      kind: 'tool',
      tool: 'example-relay',
      state: 'installed',
      category: 'tunnel',
      signs: [{ by: 'path', name: '~/.example-relay' }],
    },
    {
      kind: 'tool',
      tool: 'example-remote',
      state: 'installed',
      category: 'remote-access',
      signs: [{ by: 'path', name: '/opt/example-remote' }],
    },
  ]);
});

test('a weak name alone says nothing', async () => {
  await using tree = await emptyTree();
  await start(tree, 1, 'init');
  await start(tree, 7, 'agent');
  expect(await factsOf(toolProbe, contextOf(systemHost({ root: tree.root })))).toEqual([]);
});

test('a weak name counts at once when its product is installed while it starts', async () => {
  await using tree = await emptyTree();
  const host = systemHost({ root: tree.root });
  await start(tree, 1, 'init');
  expect(await factsOf(toolProbe, contextOf(host))).toEqual([]);
  await tree.write('opt/example-remote/bin', '');
  await start(tree, 7, 'agent');
  const facts = await factsOf(toolProbe, contextOf(host));
  expect(facts.map((fact) => fact.kind === 'tool' && `${fact.tool} ${fact.state}`)).toEqual([
    'example-remote running',
    'example-remote installed',
  ]);
});

test('several processes of one product are one fact whose signs are in a steady order', async () => {
  await using tree = await emptyTree();
  const tools = CATALOG.tools.map((tool) =>
    tool.id === 'anydesk' ? { ...tool, linux: { processes: ['desk-b', 'desk-a'] } } : tool,
  );
  const matcher = matcherOf({ ...CATALOG, tools }, 'linux');
  await start(tree, 1, 'init');
  await start(tree, 8, 'desk-b');
  await start(tree, 9, 'desk-a');
  await start(tree, 10, 'desk-b');
  const facts = await factsOf(toolProbe, contextOf(systemHost({ root: tree.root }), { matcher }));
  expect(facts).toMatchObject([{ tool: 'anydesk', signs: [{ name: 'desk-a' }, { name: 'desk-b' }] }]);
});

test('a name above the limit of a sign is clipped, not lost', async () => {
  await using tree = await emptyTree();
  const long = `anydesk-${'x'.repeat(300)}`;
  const tools = [
    ...CATALOG.tools,
    { ...CATALOG.tools[0], id: 'long', linux: { processPatterns: ['anydesk-*'] } },
  ];
  const matcher = matcherOf({ ...CATALOG, tools: tools as typeof CATALOG.tools }, 'linux');
  await start(tree, 1, 'init');
  await tree.write('proc/9/comm', 'x\n');
  await tree.write('proc/9/cmdline', `/opt/${long}\0`);
  const [fact] = await factsOf(toolProbe, contextOf(systemHost({ root: tree.root }), { matcher }));
  expect(fact).toMatchObject({ tool: 'long', signs: [{ by: 'process', name: long.slice(0, 160) }] });
});
