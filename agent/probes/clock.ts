import { utcOffsetMinutes } from '../../shared/time.ts';
import type { Probe } from './probe.ts';

export const clockProbe: Probe = {
  name: 'clock',
  kinds: ['clock'],
  everySeconds: 60,
  timeoutMs: 5_000,
  reads: 'The time zone of this machine, and whether its clock is set automatically.',
  never: 'Your language, region settings and keyboard layout are never read.',
  async run({ host }) {
    const { timezone, utcOffsetMinutes: known, synchronized } = await host.clock();
    return [
      {
        kind: 'clock',
        timezone,
        utcOffsetMinutes: known ?? utcOffsetMinutes(timezone, host.now()),
        ...(synchronized === undefined ? {} : { synchronized }),
      },
    ];
  },
};
