import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lacking, outputOf, start } from '../../support/programs.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';

function whyNot(programs: readonly string[]): string | undefined {
  return (
    lacking(['ip', ...programs], { root: true }) ??
    (existsSync('/dev/net/tun') ? undefined : 'no /dev/net/tun')
  );
}

interface Namespace extends Disposable {
  readonly name: string;
  ip(command: string): void;
  /** Facts that the agent finds in there. */
  tunnels(): readonly unknown[];
}

/** A network of its own, so that no route of this machine changes. */
function namespace(): Namespace {
  const name = `farhand-${randomBytes(4).toString('hex')}`;
  outputOf('ip', ['netns', 'add', name]);
  const inside = (args: readonly string[]): string => outputOf('ip', ['netns', 'exec', name, ...args]);
  const ip = (command: string): void => void inside(['ip', ...command.split(' ')]);
  ip('link set lo up');
  return {
    name,
    ip,
    tunnels() {
      const lines = inside([process.execPath, 'agent/main.ts', 'once', '--json']).split('\n');
      return lines.filter((line) => line.includes('"kind":"tunnel"')).map((line) => JSON.parse(line));
    },
    [Symbol.dispose]: () => void outputOf('ip', ['netns', 'delete', name]),
  };
}

test('a TUN interface is told with the part of the routes that goes through it', async ({ skip }) => {
  const reason = whyNot([]);
  if (reason) skip(reason);
  using net = namespace();
  const routed = (routes: string) => [expect.objectContaining({ interface: 'tun7', type: 'tun', routes })];
  net.ip('tuntap add dev tun7 mode tun');
  net.ip('addr add 192.0.2.2/32 dev tun7');
  net.ip('link set tun7 up');
  expect(net.tunnels()).toEqual(routed('none'));
  net.ip('route add 198.51.100.0/24 dev tun7');
  expect(net.tunnels()).toEqual(routed('split'));
  net.ip('route add default dev tun7');
  expect(net.tunnels()).toEqual(routed('full'));
  net.ip('route del default');
  net.ip('route add 0.0.0.0/1 dev tun7');
  net.ip('route add 128.0.0.0/1 dev tun7');
  expect(net.tunnels()).toEqual(routed('full'));
});

test('WireGuard in user space is told by its interface and routes', async ({ skip }) => {
  const reason = whyNot(['wireguard-go', 'wg']);
  if (reason) skip(reason);
  using folder = tempDir();
  using net = namespace();
  const key = join(folder.path, 'key');
  await writeFile(key, outputOf('wg', ['genkey']), { mode: 0o600 });
  await using tunnel = await start('ip', ['netns', 'exec', net.name, 'wireguard-go', '-f', 'wg7']);
  await until(() => existsSync('/var/run/wireguard/wg7.sock'), { what: `wireguard-go: ${tunnel.printed()}` });
  const wg = (args: readonly string[]): string => outputOf('ip', ['netns', 'exec', net.name, 'wg', ...args]);
  wg(['set', 'wg7', 'private-key', key]);
  net.ip('addr add 192.0.2.2/32 dev wg7');
  net.ip('link set wg7 up');
  net.ip('route add 203.0.113.0/24 dev wg7');
  const told = (routes: string) => [expect.objectContaining({ interface: 'wg7', type: 'wireguard', routes })];
  expect(net.tunnels()).toEqual(told('split'));
  net.ip('route add default dev wg7');
  expect(net.tunnels()).toEqual(told('full'));
});
