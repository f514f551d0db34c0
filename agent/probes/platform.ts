import { serialText } from '../../shared/serial.ts';
import { clip } from './clip.ts';
import type { Probe } from './probe.ts';

export const platformProbe: Probe = {
  name: 'platform',
  kinds: ['platform'],
  everySeconds: 3_600,
  timeoutMs: 10_000,
  reads:
    'The operating system and its version, whether this is a laptop or a virtual machine, when it started, and its serial number as a hash that means nothing outside your organization.',
  never: 'The serial number itself, the name of the machine and what is stored on it are never reported.',
  needs: 'The serial number can be read only with the rights of the system administrator.',
  async run({ host, keyedHash }) {
    const { name, version, arch, chassis, virtual, serial, bootedAt } = await host.machine();
    return [
      {
        kind: 'platform',
        os: host.os,
        name: clip(name, 128),
        version: clip(version, 64),
        arch: clip(arch, 16),
        ...(chassis ? { chassis } : {}),
        ...(virtual ? { virtual: clip(virtual, 64) } : {}),
        ...(serial ? { serial: keyedHash(serialText(serial)) } : {}),
        bootedAt,
      },
    ];
  },
};
