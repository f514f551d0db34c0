import { afterEach, beforeEach, expect, test } from 'vitest';
import { enroll } from '../../agent/enroll.ts';
import { systemHost } from '../../agent/host/system-host.ts';
import { readIdentity } from '../../agent/identity.ts';
import { startLink } from '../../agent/link.ts';
import { PROBES } from '../../agent/probes/index.ts';
import { startRounds } from '../../agent/rounds.ts';
import { openSpool } from '../../agent/spool.ts';
import { findingsPageSchema } from '../../shared/api/findings.ts';
import { CATALOG } from '../../shared/catalog/index.ts';
import { matcherOf } from '../../shared/catalog/match.ts';
import { DEFAULT_POLICY } from '../../shared/policy.ts';
import { emptyTree, type Tree } from '../agent/world.ts';
import { testCollector } from '../support/collector.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testLog } from '../support/test-log.ts';

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

const LISTENS_ON_RDP =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n' +
  '   0: 00000000:0D3D 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1\n';

/** Every part of the agent, on a machine whose files are `tree`, delivering to a real collector. */
async function world(tree: Tree) {
  const collector = stack.use(await testCollector());
  const dir = stack.use(tempDir());
  const { log } = testLog();
  await enroll(await collector.token({ contractor: 'ada' }), dir.path);
  const identity = readIdentity(dir.path);
  const { endpoint, sign, keyedHash } = identity;
  const spool = stack.use(openSpool({ dataDir: dir.path, endpoint, sign, log }));
  const link = stack.use(startLink({ identity, spool, boot: 'boot-1', version: '0.1.0', log }));
  const rounds = stack.use(
    startRounds({
      host: { ...systemHost({ root: tree.root }), bootId: async () => 'boot-1' },
      probes: PROBES,
      matcher: matcherOf(CATALOG, 'linux'),
      keyedHash,
      policy: () => DEFAULT_POLICY,
      cost: () => ({ cpuMs: 0, memoryMb: 50 }),
      recall: [],
      about: { version: '0.1.0', catalog: CATALOG.version, boot: 'boot-1' },
      emit: (changes) => spool.append(changes),
      alive: (at) => spool.alive(at),
      log,
    }),
  );
  const cookie = await signedIn(collector.url, await collector.signInLink('eve'));
  return {
    async look() {
      await rounds.once();
      await link.settled();
      await collector.settled();
    },
    /** Rule and outcome, as a person is told them. */
    async outcomes() {
      const answer = await fetch(new URL('/api/v1/findings', collector.url), { headers: { cookie } });
      const { findings } = findingsPageSchema.parse(await answer.json());
      return Object.fromEntries(findings.map(({ rule, outcome }) => [rule, outcome]));
    },
  };
}

async function signedIn(url: string, link: string): Promise<string> {
  const answer = await fetch(new URL('/api/v1/sign-in', url), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      origin: new URL(url).origin,
      'sec-fetch-site': 'same-origin',
    },
    body: JSON.stringify({ token: new URL(link).hash.slice(1) }),
  });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

test('where a probe is denied its rules are undetermined, and the others judge on', async () => {
  await using tree = await emptyTree();
  // As with the mount option hidepid: process 1 is not there.
  await tree.write('proc/2/comm', 'bash\n');
  await tree.write('proc/net/tcp', LISTENS_ON_RDP);
  const { look, outcomes } = await world(tree);
  await look();
  expect(await outcomes()).toMatchObject({
    'unapproved-remote-tool': 'undetermined',
    'several-remote-tools': 'undetermined',
    'remote-desktop-port-open': 'open',
  });

  await tree.write('proc/1/comm', 'systemd\n');
  await look();
  expect(await outcomes()).toMatchObject({
    'unapproved-remote-tool': 'retracted',
    'remote-desktop-port-open': 'open',
  });
});
