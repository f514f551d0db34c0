import type { Role } from '../shared/account.ts';
import { ENROLL_PATH } from '../shared/frames.ts';
import type { Policy } from '../shared/policy.ts';
import { DAY, instant } from '../shared/time.ts';
import { VERSION } from '../shared/version.ts';
import { apiApp } from './api/app.ts';
import { openLooks } from './api/looks.ts';
import { oidcProvider } from './api/oidc.ts';
import { problemResponse } from './api/problem.ts';
import { anchorsOf } from './audit/anchors.ts';
import { collectorKeys } from './audit/collector-keys.ts';
import { startDayKeeper } from './audit/day-keeper.ts';
import { openExportDesk } from './audit/export-desk.ts';
import { packFolders } from './audit/pack-folders.ts';
import { scheduleBook } from './audit/schedule-book.ts';
import { startScheduleKeeper } from './audit/schedule-keeper.ts';
import { newTurns } from './audit/turns.ts';
import { openCatalog } from './catalog/additions-file.ts';
import type { Clock } from './clock.ts';
import { type Config, oidcSettings, pinOf, urlFor } from './config.ts';
import { RULES } from './detect/rules/index.ts';
import { configuredSettings } from './detector/configured-settings.ts';
import { type Detector, startDetector } from './detector/detector.ts';
import { startDetectorThread } from './detector/detector-thread.ts';
import { proposedChanges } from './detector/proposed.ts';
import { ruleDoc } from './detector/rule-doc.ts';
import { clientAddresses } from './gateway/client-address.ts';
import { createToken, enrollmentEndpoint } from './gateway/enrollment.ts';
import { type GatewayLimits, startGateway } from './gateway/gateway.ts';
import { startMachineWatch } from './gateway/machines.ts';
import { mirrorDesk } from './gateway/mirrored.ts';
import { type ProxyListener, proxyListener } from './gateway/proxy-listener.ts';
import { startHousekeeping } from './housekeeping.ts';
import { closed, type Incoming, listening, portOf, type RequestLimits, serverFor } from './http-server.ts';
import { type Ingest, startIngest } from './ingest/ingest.ts';
import { openIntel } from './intel/intel.ts';
import type { Log } from './log.ts';
import { collectorMetrics, commitMeter } from './metrics.ts';
import { startEraser } from './retention/eraser.ts';
import { setupOf } from './setup.ts';
import { findAccount } from './store/accounts.ts';
import { markDirty } from './store/dirty.ts';
import { endDanglingConnections } from './store/restart.ts';
import { linkFor } from './store/sign-in-links.ts';
import { openStore, type Store } from './store/store.ts';

export type CollectorLimits = GatewayLimits & RequestLimits;

export interface CollectorOptions {
  readonly config: Config;
  readonly log: Log;
  readonly clock?: Clock;
  /** Marks everything the console shows as invented. */
  readonly simulation?: boolean;
  /** Folder of the built console; without it the collector answers agents and the API only. */
  readonly consoleDir?: string;
  /** Judges in a thread of its own, by the machine's clock, so that acks do not wait for it. */
  readonly judgesInThread?: boolean;
  /** In place of the usual ones. */
  readonly limits?: Partial<CollectorLimits>;
}

/** A running collector. Disposing stops it in the order that loses nothing: agents, commits, judgement, store. */
export interface Collector extends AsyncDisposable {
  readonly url: string;
  readonly store: Store;
  /** Resolves when nothing waits to be judged. */
  settled(): Promise<void>;
  /** An enrollment token for this collector. */
  token(request?: { readonly contractor?: string; readonly uses?: number }): Promise<string>;
  /** A one-time sign-in link for this account, which is made, with this role, where there is none: `admin` unless told. */
  signInLink(account: string, role?: Role): Promise<string>;
  /** In force from now on, and told to all agents that are connected. */
  setPolicy(policy: Policy): void;
}

export async function startCollector(options: CollectorOptions): Promise<Collector> {
  const { config, log, clock = Date.now, simulation = false, judgesInThread = false } = options;
  await using opened = new AsyncDisposableStack();
  const store = opened.use(await openStore(config.dataDir, { checkpointsElsewhere: judgesInThread }));
  await markDirty(store.db, instant(clock()), await endDanglingConnections(store.db));

  const catalog = await openCatalog(config.dataDir, log.child({ part: 'catalog' }));
  const intel = opened.use(await openIntel({ ...config.geo, log: log.child({ part: 'intel' }) }));
  const settings = configuredSettings(config);
  const commits = commitMeter();
  const ingest: Ingest = opened.use(
    commits.of(startIngest({ store, clock, log: log.child({ part: 'ingest' }) })),
  );
  const judging = { store, clock, log: log.child({ part: 'detector' }), settings };
  const detector: Detector = opened.use(
    judgesInThread
      ? startDetectorThread({ ...judging, ingest, dataDir: config.dataDir })
      : startDetector({ ...judging, rules: RULES, catalog }),
  );

  const desk = mirrorDesk({ mirrors: config.mirrors, clock });
  opened.use(startMachineWatch({ store, clock, log: log.child({ part: 'enrollment' }) }));
  const days = opened.use(
    startDayKeeper({
      store,
      dataDir: config.dataDir,
      anchors: anchorsOf(config),
      clock,
      log: log.child({ part: 'audit' }),
    }),
  );
  const turns = newTurns();
  const exports = opened.use(
    await openExportDesk({
      store,
      dataDir: config.dataDir,
      configured: settings,
      clock: Date.now,
      log: log.child({ part: 'audit' }),
      turns,
    }),
  );
  const folders = packFolders(config);
  opened.use(
    startScheduleKeeper({
      ...{ db: store.db, dataDir: config.dataDir, configured: settings, folders, clock, turns },
      log: log.child({ part: 'audit' }),
    }),
  );
  const signer = () => collectorKeys(config.dataDir, instant(clock()));
  const eraser = opened.use(startEraser({ store, clock, log: log.child({ part: 'erasure' }), signer }));
  opened.use(
    startHousekeeping({
      store,
      clock,
      log: log.child({ part: 'housekeeping' }),
      retention: { days: config.retention, signer },
    }),
  );
  const stopping = new AbortController();
  const addresses = new WeakMap<Request, string>();
  const startedAt = instant(clock());
  const looks = opened.use(openLooks({ store, log: log.child({ part: 'api' }) }));
  const oidc = oidcSettings(config);
  const app = apiApp({
    store,
    clock: Date.now,
    log: log.child({ part: 'api' }),
    about: () => ({
      version: VERSION,
      startedAt,
      simulation,
      catalog: catalog.version,
      ...(config.place ? { place: config.place } : {}),
      ...(config.mirrors.length > 0 ? { mirrors: desk.counts() } : {}),
      days: days.state(),
      geo: { description: intel.description, attributions: [...intel.attributions] },
      ...(certificate ? { certificate: certificate.state() } : {}),
      ignoredForwarding: clients.ignored() + (proxies?.refused() ?? 0),
    }),
    ruleDoc,
    exports,
    schedules: scheduleBook({ db: store.db, folders }),
    ...(config.metrics
      ? {
          metrics: {
            of: collectorMetrics({ store, dataDir: config.dataDir, clock, commits }),
            fromLoopback: !config.proxyProtocol && config.trustedProxies.length === 0,
          },
        }
      : {}),
    eraser,
    catalog,
    setup: () =>
      setupOf({
        ...{ config, store, intel, clock: Date.now, startedAt, catalog: catalog.version },
        url: () => url,
        certificate: () => certificate?.state(),
      }),
    proposed: proposedChanges({ db: store.db, rules: RULES, catalog, configured: settings, clock, log }),
    enrollAt: () => ({ url, pin: pinOf(config) }),
    looks,
    publicUrl: () => url,
    ...(oidc ? { provider: oidcProvider(oidc) } : {}),
    secureCookies: config.tls !== undefined || config.behindProxy,
    clientAddress: (request) => addresses.get(request) ?? 'unknown',
    ...(options.consoleDir === undefined ? {} : { consoleDir: options.consoleDir }),
    stopping: stopping.signal,
  });
  const enrollments = enrollmentEndpoint({
    store,
    mirrors: config.mirrors,
    clock,
    log: log.child({ part: 'enrollment' }),
  });
  let proxies: ProxyListener | undefined;
  const clients = clientAddresses({
    ...config,
    log: log.child({ part: 'gateway' }),
    proxied: (socket) => proxies?.addressOf(socket),
  });
  const handle = (request: Request, incoming: Incoming): Response | Promise<Response> => {
    const refusal = clients.refusal(incoming);
    if (refusal) return problemResponse(refusal);
    const ip = clients.of(incoming);
    addresses.set(request, ip);
    return new URL(request.url).pathname === ENROLL_PATH ? enrollments(request, ip) : app.fetch(request);
  };
  const { server, watch } = serverFor(config, handle, options.limits);
  const certificate = watch?.(log.child({ part: 'tls' }));
  opened.defer(() => certificate?.[Symbol.dispose]());
  opened.defer(() => closed(server));
  if (config.proxyProtocol)
    proxies = opened.use(proxyListener(server, { ...config, log: log.child({ part: 'gateway' }) }));
  const gateway = opened.use(
    startGateway({
      server,
      store,
      ingest,
      intel,
      clock,
      policy: config.policy,
      catalogVersion: catalog.version,
      clients,
      maxConnections: config.maxConnections,
      behindProxy: config.behindProxy,
      mirrors: desk,
      egressFrom: config.egressFrom,
      log: log.child({ part: 'gateway' }),
      ...(options.limits ? { limits: options.limits } : {}),
    }),
  );
  opened.defer(() => stopping.abort());
  const door = proxies?.listener ?? server;
  await listening(door, config);
  const url = urlFor({ ...config, port: portOf(door) });
  const disposables = opened.move();

  return {
    url,
    store,
    settled: () => detector.settled(),
    setPolicy: gateway.setPolicy,
    token: ({ contractor, uses = 1 } = {}) =>
      store.db.transaction().execute((trx) =>
        createToken(trx, {
          url,
          pin: pinOf(config),
          contractor,
          uses,
          at: instant(clock()),
          expiresAt: clock() + 7 * DAY,
        }),
      ),
    signInLink: async (account, role = 'admin') => {
      const by = { actor: 'collector', source: 'its own machine', at: instant(Date.now()) };
      const token = await store.db.transaction().execute(async (trx) => {
        const known = await findAccount(trx, account);
        return linkFor(trx, { account, role: known?.role ?? role }, by);
      });
      return `${url}/sign-in#${token}`;
    },
    [Symbol.asyncDispose]: () => disposables.disposeAsync(),
  };
}
