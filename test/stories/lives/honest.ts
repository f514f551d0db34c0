import { DAY, HOUR, instant, MINUTE } from '../../../shared/time.ts';
import { CITIES } from './cities.ts';
import { type Egress, lineIn } from './line.ts';
import type { Told } from './machine.ts';
import { agentFact } from './machine.ts';
import type { Random } from './random.ts';
import {
  exceptOnTheWay,
  type Person,
  personIn,
  type Setting,
  type Stretch,
  storyOf,
  usage,
  works,
} from './work.ts';

/** Makes one life out of chance. */
export type Life = (random: Random) => readonly object[];

const MONDAY = Date.UTC(2026, 1, 2, 5);

function someone(random: Random, given: Partial<Setting> = {}): Person {
  return personIn({ id: 'ada', city: random.pick(CITIES), random, start: MONDAY, weeks: 4, ...given });
}

function running(tool: string, category: string): Told {
  return { kind: 'tool', tool, category, state: 'running', signs: [{ by: 'process', name: tool }] };
}

function isRunning(
  person: Person,
  { from, to }: Pick<Stretch, 'from' | 'to'>,
  [tool, category]: readonly [string, string],
): void {
  person.machine.during(from, to, running(tool, category), { kind: 'tool', tool, state: 'running' });
}

/** Lives that contradict nothing: each gives no finding of high severity and no case. */
export const HONEST = {
  'home-worker-by-chance': (random) => {
    const ada = someone(random);
    works(ada);
    return storyOf([ada]);
  },

  /** On the train by the phone, mornings and evenings. */
  commuter: (random) => {
    const ada = someone(random, { declared: { mobileWorker: true } });
    const phone = lineIn(ada.city, random, 'mobile');
    for (const { from, to } of works(ada, { from: 9.5, to: 16.5 })) {
      ada.machine.online(to + 20 * MINUTE, to + 55 * MINUTE, phone);
      ada.machine.noted(from - MINUTE, { kind: 'network', interface: 'rndis0', medium: 'cellular' });
    }
    return storyOf([ada]);
  },

  /** Two weeks abroad, agreed to before; the laptop's clock goes along. */
  'traveller-declared': (random) => {
    const ada = someone(random);
    const there = CITIES.find(({ country }) => country !== ada.city.country) ?? CITIES[0];
    const away = lineIn(there, random, 'business');
    const home = lineIn(ada.city, random);
    works(ada, { line: ({ day }) => (day >= 9 && day < 21 ? away : home), on: exceptOnTheWay(8) });
    const trip = { from: instant(MONDAY + 8 * DAY), until: instant(MONDAY + 22 * DAY) };
    const agreed = {
      contractor: 'ada',
      reason: 'visit to family',
      requestedBy: 'ada',
      approvedBy: 'kim',
      ...trip,
    };
    return storyOf(
      [ada],
      [
        { id: 'trip', country: there.country, ...agreed },
        ...['impossible-travel', 'timezone-contradiction', 'many-networks', 'latency-contradiction'].map(
          (rule) => ({
            ...{ id: `trip-${rule}`, rule, ...agreed },
          }),
        ),
      ],
    );
  },

  /** A coworking room that two contractors named as theirs, besides home. */
  'nomads-in-one-coworking-room': (random) => {
    const city = random.pick(CITIES);
    const room = lineIn(city, random, 'business');
    const gateway = random.hash();
    const people = ['ada', 'ben'].map((id) =>
      personIn({
        id,
        city,
        random,
        start: MONDAY,
        weeks: 4,
        declared: { sharedSite: 'room-7', mobileWorker: true },
      }),
    );
    for (const person of people) works(person, { line: () => room, gateway });
    return storyOf(people);
  },

  'couple-of-contractors': (random) => {
    const city = random.pick(CITIES);
    const line = lineIn(city, random);
    const gateway = random.hash();
    const monitor = {
      kind: 'display',
      manufacturer: 'DEL',
      model: 'U2723QE',
      serial: random.hash(),
      widthMm: 597,
      heightMm: 336,
    };
    const people = ['ada', 'ben'].map((id) =>
      personIn({ id, city, random, start: MONDAY, weeks: 4, declared: { sharedSite: 'rose-street' } }),
    );
    for (const [index, person] of people.entries()) {
      for (const { day, from, to } of works(person, { line: () => line, gateway }))
        if (day % 2 === index) {
          const { manufacturer, model, serial } = monitor;
          person.machine.during(from + MINUTE, to, monitor, { kind: 'display', manufacturer, model, serial });
        }
    }
    return storyOf(people);
  },

  /** All traffic through the company's own VPN. */
  'corporate-vpn': (random) => {
    const ada = someone(random, { declared: { approvedVpns: ['cisco-secure-client'] } });
    const company: Egress = {
      kind: 'egress',
      ip: '192.0.2.250',
      country: ada.city.country,
      asn: 64_500,
      org: 'Example Corp',
      networkClass: 'corporate',
    };
    for (const { from, to } of works(ada, { line: () => company })) {
      isRunning(ada, { from, to }, ['cisco-secure-client', 'vpn']);
      const identity = { kind: 'tunnel', interface: 'Ethernet 2' };
      ada.machine.during(
        from,
        to,
        { ...identity, type: 'other', tool: 'cisco-secure-client', routes: 'full', dns: true },
        identity,
      );
    }
    return storyOf([ada]);
  },

  /** A phone's relay gets in between for some hours. */
  'icloud-relay': (random) => {
    const ada = someone(random);
    const home = lineIn(ada.city, random);
    const relay: Egress = { ...lineIn(ada.city, random, 'relay') };
    works(ada, { line: ({ day }) => (day % 3 === 0 ? relay : home) });
    return storyOf([ada]);
  },

  /** Satellite lines come out wherever the ground station is. */
  satellite: (random) => {
    const ada = someone(random);
    const stations = [lineIn(ada.city, random, 'satellite'), lineIn(ada.city, random, 'satellite')] as const;
    works(ada, { line: () => random.pick(stations) });
    return storyOf([ada]);
  },

  /** Works when the child sleeps, and said so. */
  'night-shift-parent': (random) => {
    const ada = someone(random, { declared: { flexibleHours: true } });
    works(ada, { from: 19, to: 23.5 });
    return storyOf([ada]);
  },

  /** Woken up twice a week. */
  'on-call-engineer': (random) => {
    const ada = someone(random);
    const line = lineIn(ada.city, random);
    for (const { day, to } of works(ada, { line: () => line })) {
      if (day % 3 !== 0) continue;
      const woken = to + 9 * HOUR;
      const back = woken + random.int(65, 130) * MINUTE;
      ada.machine.noted(woken, { kind: 'suspend', from: instant(to + 10 * MINUTE), until: instant(woken) });
      ada.machine.online(woken + 5_000, back, line);
      usage(ada.machine, { from: woken, to: back }, () => ({ local: 40, remote: 0, locked: 0 }));
    }
    return storyOf([ada]);
  },

  /** The help desk of the company looks at the screen, with the tool that was agreed to. */
  'helpdesk-session': (random) => {
    const ada = someone(random, { declared: { approvedTools: ['teamviewer'] } });
    const stretches = works(ada);
    for (const { from } of stretches.filter(({ day }) => day % 9 === 1)) {
      const session = { from: from + 2 * HOUR, to: from + 2.5 * HOUR };
      isRunning(ada, session, ['teamviewer', 'remote-access']);
      const identity = { kind: 'control', tool: 'teamviewer' };
      ada.machine.during(session.from + MINUTE, session.to, { ...identity, relayed: true }, identity);
    }
    return storyOf([ada]);
  },

  'developer-with-agreed-tunnel': (random) => {
    const ada = someone(random, { declared: { approvedTools: ['vscode-tunnel'] } });
    for (const { from, to } of works(ada))
      isRunning(ada, { from: from + HOUR, to }, ['vscode-tunnel', 'tunnel']);
    return storyOf([ada]);
  },

  /** A privacy VPN that was agreed to and comes out at home. */
  'privacy-vpn-agreed': (random) => {
    const ada = someone(random, { declared: { approvedVpns: ['mullvad'] } });
    const exit = { ...lineIn(ada.city, random, 'vpn'), country: ada.city.country };
    for (const { from, to } of works(ada, { line: () => exit })) {
      isRunning(ada, { from, to }, ['mullvad', 'vpn']);
      const identity = { kind: 'tunnel', interface: 'wg0-mullvad' };
      ada.machine.during(
        from,
        to,
        { ...identity, type: 'wireguard', tool: 'mullvad', routes: 'full', dns: true },
        identity,
      );
    }
    return storyOf([ada]);
  },

  /** A closed laptop at a desk with one external monitor, keyboard and mouse. */
  'docked-clamshell': (random) => {
    const ada = someone(random);
    const identity = { kind: 'display', manufacturer: 'LEN', model: 'P27h-30', serial: random.hash() };
    for (const { from, to } of works(ada))
      ada.machine.during(from, to, { ...identity, widthMm: 597, heightMm: 336 }, identity);
    return storyOf([ada]);
  },

  /** A new board has a new serial; the asset list was told, and an exception bridges the days between. */
  'replaced-motherboard': (random) => {
    const ada = someone(random);
    const repaired = MONDAY + 15 * DAY + 6 * HOUR;
    works(ada, { on: (day, weekday) => weekday !== 0 && weekday !== 6 && (day < 11 || day > 15) });
    ada.machine.began(repaired, {
      ...{ kind: 'platform', os: 'windows', name: 'Windows 11 Pro', version: '10.0.26100', arch: 'x64' },
      ...{ chassis: 'laptop', serial: random.hash(), bootedAt: instant(repaired - MINUTE) },
    });
    ada.machine.began(repaired, agentFact(ada.machine.id, repaired));
    const agreed = {
      contractor: 'ada',
      reason: 'ticket 4711: new board',
      requestedBy: 'kim',
      approvedBy: 'lee',
    };
    const when = { from: instant(repaired - DAY), until: instant(repaired + 40 * DAY) };
    return storyOf([ada], [{ id: 'board', rule: 'not-the-issued-endpoint', ...agreed, ...when }]);
  },

  /** Windows with its own hypervisor under it is no virtual machine. */
  'hyper-v-on-bare-metal': (random) => {
    const ada = someone(random, { platform: { os: 'windows', chassis: 'laptop' } });
    works(ada);
    return storyOf([ada]);
  },
} as const satisfies Readonly<Record<string, Life>>;
