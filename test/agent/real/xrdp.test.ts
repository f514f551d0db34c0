import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemHost } from '../../../agent/host/system-host.ts';
import { controlProbe } from '../../../agent/probes/control.ts';
import { listenerProbe } from '../../../agent/probes/listener.ts';
import { sessionProbe } from '../../../agent/probes/session.ts';
import { toolProbe } from '../../../agent/probes/tool.ts';
import { CATALOG } from '../../../shared/catalog/index.ts';
import { matcherOf } from '../../../shared/catalog/match.ts';
import { freePort, lacking, outputOf, ownLoopback, type Program, start } from '../../support/programs.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';
import { contextOf, emptyTree, factsOf } from '../world.ts';

const RDP = 3389;
/** Compiled into xrdp as the place of its session manager, whatever folder of settings it is given. */
const SESMAN = 3350;

async function whyNot(): Promise<string | undefined> {
  const programs = ['xrdp', 'xrdp-sesman', 'Xtigervnc', 'xfreerdp', 'Xvfb', 'useradd', 'userdel', 'openssl'];
  const reason = lacking(programs, { root: true });
  if (reason) return reason;
  for (const port of [RDP, SESMAN])
    if ((await freePort([port, 0])) !== port) return `port ${port} is in use, which the client or xrdp cannot change`;
  return undefined;
}
