import type { Probe } from './probe.ts';

export const PROBES: readonly Probe[] = [];
