import { uptime } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { matcherOf } from '../shared/catalog/match.ts';
import { type CodedError, codedError } from '../shared/errors.ts';
import { SECOND } from '../shared/time.ts';
import { VERSION } from '../shared/version.ts';
import { usableCatalog } from './catalog.ts';
import { clockSteps } from './clock-steps.ts';
import type { AgentConfig } from './config.ts';
import { ownCost } from './host/own-cost.ts';
import { systemHost } from './host/system-host.ts';
import { closeToOthers, readIdentity } from './identity.ts';
import { type LinkState, startLink } from './link.ts';
import { lockDataDir } from './lock.ts';
import type { Log } from './log.ts';
import { askMirrors } from './mirrors.ts';
import { policyInForce, policyToKeep } from './policy-in-force.ts';
import { PROBES } from './probes/index.ts';
import { startRounds } from './rounds.ts';
import { openSpool } from './spool.ts';

const FIRST_POLICY_MS = 5 * SECOND;

export interface AgentOptions {
  readonly log: Log;
  /** See `LinkOptions.headers`. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Agent extends AsyncDisposable {
  state(): LinkState;
  /** Looks once more at everything, then resolves when all that was seen is acknowledged. */
  settled(): Promise<void>;
  /** Resolves when the spool turned out damaged: the agent must be closed, and another start sets the file aside. */
  readonly failure: Promise<CodedError>;
}

/** Starts to look and to tell. Throws NOT_ENROLLED, FILE_UNREADABLE, STORE_LOCKED or SPOOL_UNAVAILABLE. */
export async function startAgent(config: AgentConfig, { log, headers = {} }: AgentOptions): Promise<Agent> {
  const { dataDir } = config;
  if (closeToOthers(dataDir))
    log.warn(
      { dataDir },
      'others could read the private key, now its owner alone can; consider to enroll anew',
    );
  const enrolled = readIdentity(dataDir);
  const catalog = usableCatalog(dataDir, (err) => log.error({ err }, 'added catalog left out'));
  const identity = { ...enrolled, url: config.collectorUrl ?? enrolled.url };
  const failure = Promise.withResolvers<CodedError>();
  await using opening = new AsyncDisposableStack();
  opening.use(lockDataDir(dataDir));

  const host = systemHost();
  const boot = await host.bootId();
  const spool = opening.use(
    openSpool({
      dataDir,
      endpoint: identity.endpoint,
      sign: identity.sign,
      mono: () => host.mono(),
      log: log.child({ part: 'spool' }),
      limits: { bytes: config.spoolMegabytes * 1024 * 1024, ledgerDays: config.ledgerDays },
    }),
  );

  const watched = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      const found = codedError(error);
      // A full disk may get room again, and the rounds tell again what could not be kept; a damaged file stays damaged.
      if (found.code === 'SPOOL_DAMAGED') failure.resolve(found);
      throw found;
    }
  };
  let { policy, toldAt } = policyInForce(spool);
  const told = Promise.withResolvers<void>();
  const mirrors = askMirrors({ mirrors: identity.mirrors, log: log.child({ part: 'mirrors' }) });
  const link = opening.use(
    startLink({
      identity,
      spool: { ...spool, nextBatch: (after) => watched(() => spool.nextBatch(after)) },
      boot,
      version: VERSION,
      headers,
      mirrors,
      log: log.child({ part: 'link' }),
      onPolicy(received) {
        policy = received;
        toldAt = host.now();
        spool.keep('policy', policyToKeep(policy, toldAt));
        told.resolve();
      },
    }),
  );
  if (!toldAt) await Promise.race([told.promise, pause(FIRST_POLICY_MS, undefined, { ref: false })]);

  const lastAlive = spool.lastAlive();
  const rounds = opening.use(
    startRounds({
      host,
      probes: PROBES,
      matcher: matcherOf(catalog, host.os),
      keyedHash: identity.keyedHash,
      policy: () => policy,
      cost: ownCost,
      clockSteps: clockSteps({ now: () => host.now(), sinceBoot: () => uptime() * SECOND }),
      recall: spool.openFacts(),
      ...(lastAlive === undefined ? {} : { lastAlive }),
      about: { version: VERSION, catalog: catalog.version, boot },
      emit(changes) {
        watched(() => spool.append(changes));
        if (changes.some(({ fact }) => fact.kind === 'network')) mirrors.changed();
      },
      alive: (at) => watched(() => spool.alive(at)),
      log: log.child({ part: 'rounds' }),
    }),
  );

  const open = opening.move();
  return {
    state: link.state,
    failure: failure.promise,
    async settled() {
      await rounds.once();
      await link.settled();
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
