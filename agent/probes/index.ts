import { activityProbe } from './activity.ts';
import { clockProbe } from './clock.ts';
import { controlProbe } from './control.ts';
import { displayProbe } from './display.ts';
import { listenerProbe } from './listener.ts';
import { networkProbe } from './network.ts';
import { peripheralProbe } from './peripheral.ts';
import { platformProbe } from './platform.ts';
import type { Probe } from './probe.ts';
import { proxyProbe } from './proxy.ts';
import { sessionProbe } from './session.ts';
import { suspendProbe } from './suspend.ts';
import { toolProbe } from './tool.ts';
import { tunnelProbe } from './tunnel.ts';

/** Every probe of the agent. What is not in this list is not looked at. */
export const PROBES: readonly Probe[] = [
  toolProbe,
  listenerProbe,
  sessionProbe,
  controlProbe,
  tunnelProbe,
  proxyProbe,
  networkProbe,
  clockProbe,
  platformProbe,
  peripheralProbe,
  displayProbe,
  activityProbe,
  suspendProbe,
];
