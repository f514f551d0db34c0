import { normalIp } from '../../shared/ip.ts';

/**
 * Who sent a request on, the nearest hop first, as a proxy's header tells. Undefined stands for a hop without a usable address:
 * `unknown`, an obfuscated identifier (RFC 7239, 6.3) or nonsense.
 */
export type Hops = Iterable<string | undefined>;

/** `Forwarded` (RFC 7239): `for=192.0.2.60;proto=https, for="[2001:db8::1]:4711"`. */
export function* hopsOfForwarded(header: string): Hops {
  for (const element of fromTheRight(header, ',')) yield addressFor(element);
}

/** `X-Forwarded-For`: addresses, with some proxies also their ports. */
export function* hopsOfXForwardedFor(header: string): Hops {
  for (const hop of header.split(',').reverse()) yield addressOfNode(hop.trim());
}

/** An element that names `for` twice is broken, and may be a trick. */
function addressFor(element: string): string | undefined {
  const nodes = [...fromTheRight(element, ';')]
    .map((pair) => /^\s*for=(.*?)\s*$/is.exec(pair)?.[1])
    .filter((node) => node !== undefined);
  const [node] = nodes;
  return node === undefined || nodes.length > 1 ? undefined : addressOfNode(unquoted(node));
}

function unquoted(text: string): string {
  const [, inside] = /^"(.*)"$/s.exec(text) ?? [];
  return inside === undefined ? text : inside.replaceAll(/\\(.)/gs, '$1');
}

/** `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:4711`. */
function addressOfNode(node: string): string | undefined {
  if (node.length > 100) return undefined;
  const [, bracketed] = /^\[([0-9a-f:.]+)\](?::[\w.-]+)?$/i.exec(node) ?? [];
  const [, withPort] = /^([0-9.]+):[\w.-]+$/.exec(node) ?? [];
  return normalIp(bracketed ?? withPort ?? node);
}

/**
 * Splits outside of quotes, beginning at the right end, which the nearest proxy wrote: an unclosed quote further left, by whoever
 * else, cannot swallow that.
 */
function* fromTheRight(text: string, separator: string): Iterable<string> {
  let end = text.length;
  let quoted = false;
  for (let at = end - 1; at >= 0; at -= 1) {
    const character = text[at];
    if (character === '"' && !isEscaped(text, at)) quoted = !quoted;
    else if (character === separator && !quoted) {
      yield text.slice(at + 1, end);
      end = at;
    }
  }
  yield text.slice(0, end);
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}
