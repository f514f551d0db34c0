import type { Matcher } from '../../shared/catalog/match.ts';
import type { Tool } from '../../shared/catalog/schema.ts';
import { CodedError } from '../../shared/errors.ts';
import type { FactOf } from '../../shared/facts.ts';
import type { Connection, Host, RunningProcess } from '../host/host.ts';
import { isLoopback } from './addresses.ts';
import type { Probe } from './probe.ts';
import { recognize } from './recognize.ts';
import { isWatched } from './survey.ts';

type Control = FactOf<'control'>;

export const controlProbe: Probe = {
  name: 'control',
  kinds: ['control'],
  // As the probe for listeners, so that both ask in one moment.
  everySeconds: 10,
  timeoutMs: 10_000,
  reads:
    'Whether somebody is connected to a listed remote-control product right now: which product and from which address, by connections to its own port, or by a listed program that it runs only during a session.',
  never:
    'Connections of other programs are never kept or reported, and neither is what is shown, typed or sent.',
  needs: 'A connection to an unusual port is seen only with the rights of the system administrator.',
  run: ({ host, matcher }) => controlsOf(host, matcher),
};

/**
 * Conservative on purpose. Direct: an established connection whose local end is a port of the product, which it listens on or is known
 * for; from this machine itself only on ports known for remote desktops, as products talk to their own parts as well. Relayed: a
 * program runs that the catalog knows to run during a session only. A connection to the vendor's relay alone says nothing: most
 * products keep one all day.
 */
export async function controlsOf(host: Host, matcher: Matcher): Promise<readonly Control[]> {
  const processes = await host.processes();
  const running = new Map(
    processes.flatMap((process) => remoteToolsOf(matcher, process).map((tool) => [tool.id, tool])),
  );
  const inSession = sessionToolsOf(matcher, processes);
  if (running.size === 0 && inSession.size === 0) return [];
  const found = new Map<string, Control>();
  for (const { tool, connection } of await directOf({ host, matcher, running })) {
    const { peer } = connection;
    found.set(`${tool.id} ${peer}`, { kind: 'control', tool: tool.id, peer, relayed: false });
  }
  const direct = new Set([...found.values()].map(({ tool }) => tool));
  for (const id of inSession)
    if (!direct.has(id)) found.set(id, { kind: 'control', tool: id, relayed: true });
  return [...found.values()];
}

function remoteToolsOf(matcher: Matcher, process: RunningProcess): readonly Tool[] {
  return recognize(matcher, process).flatMap(({ tool, weak }) =>
    !weak && tool.category === 'remote-access' ? [tool] : [],
  );
}

/** As in `recognize`: a process stays the same object while it runs. */
const remembered = new WeakMap<Matcher, WeakMap<RunningProcess, readonly string[]>>();

function sessionToolsOf(matcher: Matcher, processes: readonly RunningProcess[]): ReadonlySet<string> {
  const known = remembered.get(matcher) ?? new WeakMap<RunningProcess, readonly string[]>();
  remembered.set(matcher, known);
  const found = new Set<string>();
  for (const process of processes) {
    const ids = known.get(process) ?? sessionToolsNamed(matcher, process);
    known.set(process, ids);
    for (const id of ids) found.add(id);
  }
  return found;
}

function sessionToolsNamed(matcher: Matcher, { names }: RunningProcess): readonly string[] {
  const hits = names.flatMap((name) => matcher.match('session-process', name));
  return hits.filter(({ tool }) => isWatched(tool)).map(({ tool }) => tool.id);
}

interface Search {
  readonly host: Host;
  readonly matcher: Matcher;
  readonly running: ReadonlyMap<string, Tool>;
}

async function directOf({
  host,
  matcher,
  running,
}: Search): Promise<readonly { tool: Tool; connection: Connection }[]> {
  if (running.size === 0) return [];
  const listeners = (await host.listeners()).filter(({ proto }) => proto === 'tcp');
  const listening = await host.ownersOf(listeners);
  const toolsAt = (port: number): readonly Tool[] =>
    [...running.values()].filter((tool) => isPortOf(tool, port));
  const own = new Map<number, Tool>();
  const ofOthers = new Set<number>();
  for (const one of listeners) {
    const owner = listening.get(one);
    const [tool] = owner ? remoteToolsOf(matcher, owner) : [];
    if (tool) own.set(one.port, tool);
    else if (owner) ofOthers.add(one.port);
  }
  const near = (await host.connections()).filter(
    ({ port, peer }) =>
      (own.has(port) || (!ofOthers.has(port) && toolsAt(port).length > 0)) &&
      (!isLoopback(peer) || toolsAt(port).length > 0 || matcher.port('tcp', port) !== undefined),
  );
  // Who listened may have stopped to, with its one guest inside; then the connection's own owner tells, or the only product it can be.
  const unsure = near.filter(({ port }) => !own.has(port));
  const connected = unsure.length === 0 ? new Map<Connection, RunningProcess>() : await host.ownersOf(unsure);
  return near.flatMap((connection) => {
    const known = own.get(connection.port);
    const owner = connected.get(connection);
    const candidates = known ? [known] : owner ? remoteToolsOf(matcher, owner) : toolsAt(connection.port);
    const [tool, other] = candidates;
    // Somebody is connected to one of them, and saying nothing would look as if nobody were.
    if (tool && other)
      throw new CodedError('PROBE_DENIED', {
        reason: `whose connection comes in on port ${connection.port}`,
      });
    return tool ? [{ tool, connection }] : [];
  });
}

const VNC_PORTS = { first: 5900, last: 5999 };

/** VNC servers take the port of their display: 5900 and its number (RFC 6143 by custom). */
function isPortOf({ listenPorts = [] }: Tool, port: number): boolean {
  const { first, last } = VNC_PORTS;
  const isVnc = listenPorts.some((one) => one === first || one === first + 1);
  return listenPorts.includes(port) || (isVnc && port >= first && port <= last);
}
