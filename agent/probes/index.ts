import { clockProbe } from './clock.ts';
import { listenerProbe } from './listener.ts';
import { networkProbe } from './network.ts';
import { platformProbe } from './platform.ts';
import type { Probe } from './probe.ts';
import { sessionProbe } from './session.ts';
import { toolProbe } from './tool.ts';
import { tunnelProbe } from './tunnel.ts';

/** Every probe of the agent. What is not in this list is not looked at. */
export const PROBES: readonly Probe[] = [
  toolProbe,
  listenerProbe,
  sessionProbe,
  tunnelProbe,
  networkProbe,
  clockProbe,
  platformProbe,
];
