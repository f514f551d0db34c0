import * as z from 'zod';
import { spread } from '../periods.ts';
import { defineRule } from '../rule.ts';
import { declared, during } from '../wording.ts';

const ADA = { contractor: { id: 'ada', countries: ['US'] } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const AT = { at: '2026-03-03T15:10:00.000Z', endpoint: 'laptop-1' };

export const remoteDesktopPortOpen = defineRule({
  id: 'remote-desktop-port-open',
  title: 'Remote-desktop port open to the network',
  scope: 'contractor',
  family: 'remote-access',
  severity: 'medium',
  advisories: ['us-2022-platform-4', 'us-2022-mitigation-2'],
  attack: ['T1021.001', 'T1219'],
  watches: ['listener'],
  contradicts: ['approvedTools'],
  settings: z.strictObject({
    allowedPorts: z
      .array(z.int().min(1).max(65_535))
      .max(50)
      .default([])
      .describe('Ports that the organization keeps open by policy, such as 3389 behind its own VPN.'),
  }),
  falsePositives: [
    'The organization manages its machines over this port: name it in `allowedPorts`.',
    'A virtual machine or a container forwards the port; the listener then belongs to no remote-access product.',
  ],
  blindSpots: [
    'A port that is not on the watched list, or a remote desktop behind a tunnel that listens on loopback only.',
    'Whether a router forwards the port from the internet: the endpoint cannot see that.',
    'Tools that only connect outward to a relay open no port.',
  ],
  triage: [
    'Ask whether the help desk turned on remote desktop, and compare the time it began with their tickets.',
    'Look for sessions by rdp, vnc or screen sharing on this endpoint after the port opened, and where they came from.',
  ],
  evaluate(timeline, settings) {
    const { approvedTools } = timeline.contractor.declaration ?? {};
    const approved = new Set(approvedTools);
    const open = timeline
      .spans('listener')
      .filter(({ fact }) => !settings.allowedPorts.includes(fact.port) && !approved.has(fact.tool ?? ''));
    const groups = Map.groupBy(open, ({ endpoint, fact }) => `${endpoint}:${fact.proto}:${fact.port}`);
    return [...groups].flatMap(([key, spans]) => {
      const period = spread(spans);
      const last = spans.at(-1);
      if (!period || !last) return [];
      const { port, proto, tool } = last.fact;
      const anyone = spans.some(({ fact }) => fact.scope === 'any');
      return [
        {
          key,
          severity: anyone ? 'medium' : 'low',
          reason: `Port ${port}/${proto}, where a remote desktop is reached, was open beyond the machine itself on ${last.endpoint} ${during(period)}.`,
          arithmetic: [
            { label: 'observed port', value: `${port}/${proto}` },
            { label: 'open to', value: anyone ? 'every network of the machine' : 'one local network' },
            { label: 'observed tool', value: tool ?? 'not recognized' },
            { label: 'approved tools', value: declared(approvedTools) },
            { label: 'allowed ports', value: settings.allowedPorts.join(', ') || 'none' },
          ],
          spans: spans.map(({ id }) => id),
          ...period,
          ...(tool !== undefined && { concerns: { tools: [tool] } }),
        },
      ];
    });
  },
  examples: [
    {
      name: 'Port 3389 opens on every network',
      story: [ADA, LAPTOP, { ...AT, began: { kind: 'listener', proto: 'tcp', port: 3389, scope: 'any' } }],
      expect: [{ subject: 'ada', key: 'laptop-1:tcp:3389', severity: 'medium' }],
    },
    {
      name: 'Port 5900 opens to one local network',
      story: [ADA, LAPTOP, { ...AT, began: { kind: 'listener', proto: 'tcp', port: 5900, scope: 'lan' } }],
      expect: [{ severity: 'low' }],
    },
    {
      name: 'The listener belongs to an approved tool',
      story: [
        { contractor: { id: 'ada', approvedTools: ['anydesk'] } },
        LAPTOP,
        { ...AT, began: { kind: 'listener', proto: 'tcp', port: 7070, scope: 'any', tool: 'anydesk' } },
      ],
      expect: [],
    },
  ],
});
