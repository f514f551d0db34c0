import type { Fence } from './fence.ts';

export const COMPILED: readonly Fence[] = [
  {
    fact: 'the agent does not compile with the collector',
    path: 'agent/imports-server.ts',
    code: `import { x } from '../server/x.ts';\nexport const y = x;`,
    says: 'TS6',
  },
  {
    fact: 'the collector does not compile with the agent',
    path: 'server/imports-agent.ts',
    code: `import { x } from '../agent/x.ts';\nexport const y = x;`,
    says: 'TS6',
  },
  {
    fact: 'the console does not compile with the collector',
    path: 'server/console/imports-server.ts',
    code: `import { x } from '../x.ts';\nexport const y = x;`,
    says: 'TS6',
  },
  {
    fact: 'the pure core does not compile with the collector',
    path: 'server/detect/imports-server.ts',
    code: `import { x } from '../x.ts';\nexport const y = x;`,
    says: 'TS6',
  },
  {
    fact: 'shared/ does not compile with a side',
    path: 'shared/imports-agent.ts',
    code: `import { x } from '../agent/x.ts';\nexport const y = x;`,
    says: 'TS6',
  },
  {
    fact: 'shared/ knows no types of Node',
    path: 'shared/node.ts',
    code: 'export const y = () => process.pid;',
    says: 'TS2',
  },
  {
    fact: 'the pure core knows no timers',
    path: 'server/detect/timer.ts',
    code: 'export const y = (done: () => void) => setTimeout(done, 1);',
    says: 'TS2',
  },
  {
    fact: 'the pure core knows no network',
    path: 'server/detect/network.ts',
    code: `export const y = () => fetch('https://example.com/');`,
    says: 'TS2',
  },
];
