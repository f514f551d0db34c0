import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Matcher } from '../shared/catalog/match.ts';
import { type CodedError, codedError, ERRORS } from '../shared/errors.ts';
import type { Policy } from '../shared/policy.ts';
import { SECOND } from '../shared/time.ts';
import { isErrorCode } from './backoff.ts';
import { readCatalog } from './catalog.ts';
import type { AgentConfig } from './config.ts';
import { dial } from './dial.ts';
import type { Host } from './host/host.ts';
import { type Identity, isEnrolled, isReadableByOthers, readIdentity } from './identity.ts';
import { isRunning } from './lock.ts';
import type { Probe } from './probes/probe.ts';
import { runProbe } from './probes/run-probe.ts';
import { checkSpool, openSpoolToRead } from './spool-file.ts';
import { spoolReader } from './spool-reader.ts';

const NEARLY_FULL = 0.8;
const DIAL_TIMEOUT_MS = 10 * SECOND;

/**
 * What one check came to. `fine`; `problem`: it ran and found something wrong; `not-run`: it could not look, which somebody can
 * change; `limited`: it cannot look here, or sees less, and nothing is wrong with that.
 */
export interface Finding {
  readonly check: string;
  readonly verdict: 'fine' | 'problem' | 'not-run' | 'limited';
  readonly code?: string;
  /** What is so, and what can be done, in plain words. */
  readonly what: string;
  readonly remedy?: string;
}

export interface DoctorOptions {
  readonly config: AgentConfig;
  readonly host: Host;
  readonly probes: readonly Probe[];
  readonly matcher: Matcher;
  readonly keyedHash: (text: string) => string;
  readonly policy: Policy;
  /** Has the rights of the system administrator. */
  readonly isAdministrator: boolean;
}

/** Looks at the agent itself: every probe once, clock, data folder and way to the collector. Changes nothing. */
export async function examine(options: DoctorOptions): Promise<readonly Finding[]> {
  const { config } = options;
  const [probes, clock] = await Promise.all([probeFindings(options), clockFindings(options.host)]);
  const { dataDir } = config;
  return [
    ...probes,
    ...clock,
    ...catalogFindings(dataDir),
    ...folderFindings(dataDir),
    ...(await enrolledFindings(config)),
  ];
}

async function probeFindings(options: DoctorOptions): Promise<readonly Finding[]> {
  const { probes, isAdministrator } = options;
  const context = { ...options, signal: new AbortController().signal };
  return Promise.all(
    probes.map(async (probe): Promise<Finding> => {
      const outcome = await runProbe(probe, context);
      if (outcome.health !== 'ok') return couldNotRun(probe, outcome.error);
      const { name, needs } = probe;
      if (needs && !isAdministrator) return { check: name, verdict: 'limited', what: needs };
      return { check: name, verdict: 'fine', what: 'Can look.' };
    }),
  );
}

/** A host that knows a better remedy than the general one puts it into the error's context. */
function couldNotRun({ name, needs }: Probe, { code, context }: CodedError): Finding {
  const { path, reason, remedy } = context;
  const where = path === undefined ? '' : ` (${String(path)})`;
  const why = reason === undefined ? '' : `: ${String(reason)}`;
  const known = typeof remedy === 'string' ? { remedy } : undefined;
  const base = { check: name, code };
  if (code === 'PROBE_DENIED')
    return {
      ...base,
      verdict: 'not-run',
      what: `A right to read is missing${where}${why}.${needs ? ` ${needs}` : ''}`,
      remedy: 'Run the agent as a service with the rights of the system administrator.',
      ...known,
    };
  if (code === 'PROBE_UNSUPPORTED')
    return { ...base, verdict: 'limited', what: `This system has no source for it${where}${why}.`, ...known };
  return {
    ...base,
    verdict: 'not-run',
    what: `The look failed${where}${why}.`,
    remedy: 'Run doctor again. If it stays so, tell whoever runs Farhand for you, with this line.',
    ...known,
  };
}

async function clockFindings(host: Host): Promise<readonly Finding[]> {
  const clock = await host.clock().catch(() => undefined);
  if (clock?.synchronized !== false) return [];
  return [
    {
      check: 'clock is set automatically',
      verdict: 'problem',
      what: 'The clock of this machine is not synchronized, so times in reports may be wrong.',
      remedy: 'Turn on automatic date and time in the settings of the system.',
    },
  ];
}

/** A bad file of added products is left out as a whole, so what it names is not looked for. */
function catalogFindings(dataDir: string): readonly Finding[] {
  try {
    readCatalog(dataDir);
    return [];
  } catch (thrown) {
    return [problemOf('added products', codedError(thrown))];
  }
}

function folderFindings(dataDir: string): readonly Finding[] {
  const check = 'data folder';
  let folder = dataDir;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    // The dot refuses a file that stands where a folder should.
    accessSync(`${folder}/.`, constants.W_OK);
    return [{ check, verdict: 'fine', what: `${dataDir} can be written.` }];
  } catch (thrown) {
    const { context } = codedError(thrown, 'SPOOL_UNAVAILABLE');
    const what = `${folder} cannot be written: ${String(context['reason'])}.`;
    return [
      {
        check,
        verdict: 'problem',
        code: 'SPOOL_UNAVAILABLE',
        what,
        remedy: 'Give the agent a folder that its account may write to, with --data-dir.',
      },
    ];
  }
}

async function enrolledFindings(config: AgentConfig): Promise<readonly Finding[]> {
  const { dataDir } = config;
  if (!isEnrolled(dataDir))
    return [
      { check: 'enrollment', verdict: 'limited', what: 'This machine is not enrolled: nothing is sent.' },
    ];
  const findings: Finding[] = [];
  const look = (check: string, run: () => readonly Finding[]): void => {
    try {
      findings.push(...run());
    } catch (thrown) {
      findings.push(problemOf(check, codedError(thrown, 'FILE_UNREADABLE')));
    }
  };
  let identity: Identity | undefined;
  look('identity', () => {
    identity = readIdentity(dataDir);
    return identityFindings(dataDir);
  });
  look('agent', () => runningFindings(dataDir));
  look('spool', () => spoolFindings(config));
  if (identity) findings.push(await reachFinding({ ...identity, url: config.collectorUrl ?? identity.url }));
  return findings;
}

function identityFindings(dataDir: string): readonly Finding[] {
  if (!isReadableByOthers(dataDir))
    return [{ check: 'identity', verdict: 'fine', what: 'The private key is readable by its owner only.' }];
  return [
    {
      check: 'identity',
      verdict: 'problem',
      what: 'Other accounts of this machine may read the private key.',
      remedy: `chmod 600 ${dataDir}/identity.json`,
    },
  ];
}

function runningFindings(dataDir: string): readonly Finding[] {
  if (isRunning(dataDir)) return [{ check: 'agent', verdict: 'fine', what: 'The agent is running.' }];
  return [
    {
      check: 'agent',
      verdict: 'problem',
      what: 'The agent is not running, so nothing is watched.',
      remedy: 'Start `farhand-agent run`, or the service that does.',
    },
  ];
}

function spoolFindings({ dataDir, spoolMegabytes }: AgentConfig): readonly Finding[] {
  using database = openSpoolToRead(dataDir);
  if (!database) return [{ check: 'spool', verdict: 'fine', what: 'Nothing is kept yet.' }];
  checkSpool(database, dataDir);
  const spool = spoolReader(database);
  const share = spool.waitingBytes() / (spoolMegabytes * 1024 * 1024);
  const percent = Math.round(share * 100);
  const full: Finding =
    share < NEARLY_FULL
      ? { check: 'spool', verdict: 'fine', what: `${percent} % of the room for what waits is used.` }
      : {
          check: 'spool',
          verdict: 'problem',
          what: `${percent} % of the room for what waits is used; when it is full, the oldest goes.`,
          remedy: 'See why the collector cannot be reached, or raise spoolMegabytes in agent.json.',
        };
  return [full, ...budgetFindings(spool)];
}

function budgetFindings(spool: ReturnType<typeof spoolReader>): readonly Finding[] {
  const budget = spool.openFacts().find((fact) => fact.kind === 'agent')?.budget;
  if (!budget) return [];
  const scarce =
    budget.over === 'both'
      ? 'processor time and memory'
      : budget.over === 'cpu'
        ? 'processor time'
        : 'memory';
  return [
    {
      check: 'cost',
      verdict: 'problem',
      what: `Farhand would use more ${scarce} than its ceiling, and looks up to ${budget.slowed} times less often.`,
      remedy: 'Nothing needs to be done here; whoever runs Farhand for you can set another ceiling or pace.',
    },
  ];
}

async function reachFinding({ url, pin }: Pick<Identity, 'url' | 'pin'>): Promise<Finding> {
  const check = 'collector';
  try {
    const socket = await dial(new URL(url), pin, AbortSignal.timeout(DIAL_TIMEOUT_MS));
    socket.destroy();
    return { check, verdict: 'fine', what: `${url} can be reached.` };
  } catch (thrown) {
    const { code, context } = codedError(thrown, 'COLLECTOR_UNREACHABLE');
    const what = `${url}: ${String(context['reason'] ?? ERRORS[code].hint)}`;
    return { check, verdict: 'problem', code, what, remedy: ERRORS[code].hint };
  }
}

function problemOf(check: string, { code, context }: CodedError): Finding {
  const reason = context['reason'] ?? 'it cannot be read';
  const remedy = isErrorCode(code) ? { remedy: ERRORS[code].hint } : {};
  return {
    check,
    verdict: 'problem',
    code,
    what: `${String(context['path'] ?? context['record'] ?? check)}: ${String(reason)}.`,
    ...remedy,
  };
}
