import { canonicalIp } from './addresses.ts';
import { type Files, ifAllowed } from './files.ts';

const LOG = '/var/log/xrdp-sesman.log';
const TAIL_BYTES = 256 * 1024;

/**
 * From where each account last came in over xrdp, by the log of its session manager: `++ created session …: username ada, ip …` or
 * `++ reconnected session: …`. Before version 0.10 the port and the socket follow the address.
 */
export async function rdpPeers(files: Files): Promise<ReadonlyMap<string, string>> {
  const tail = await ifAllowed(files.tail(LOG, TAIL_BYTES));
  const lines = (tail?.bytes.toString('utf8') ?? '').matchAll(
    /\+\+ (?:created|reconnected) session[^:\n]*: +username ([^,\n]+),[^\n]*? ip ([0-9a-f:.]+)( - socket)?/gi,
  );
  const peers = new Map<string, string>();
  for (const [, user = '', text = '', socket] of lines) {
    const ip = canonicalIp(socket ? text.replace(/:\d+$/, '') : text);
    if (ip) peers.set(user, ip);
  }
  return peers;
}
