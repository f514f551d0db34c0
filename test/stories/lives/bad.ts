import { DAY, HOUR, instant, MINUTE } from '../../../shared/time.ts';
import { CITIES, type City, ELSEWHERE } from './cities.ts';
import { type Egress, lineIn } from './line.ts';
import { agentFact, type Told } from './machine.ts';
import type { Random } from './random.ts';
import { exceptOnTheWay, type Person, personIn, type Setting, storyOf, usage, works } from './work.ts';

export interface BadLife {
  /** Rules that must fire, each of them. */
  readonly expects: readonly [string, ...string[]];
  readonly live: (random: Random) => { readonly story: readonly object[]; readonly firstSign: number };
}

const MONDAY = Date.UTC(2026, 1, 2, 5);
/** Remote hands: hardly any input of its own. */
const BY_REMOTE = (random: Random) => ({ local: random.int(0, 2), remote: random.int(35, 58), locked: 0 });

function someone(random: Random, given: Partial<Setting> = {}): Person {
  return personIn({ id: 'cole', city: random.pick(CITIES), random, start: MONDAY, weeks: 4, ...given });
}

function running(tool: string, category = 'remote-access'): Told {
  return { kind: 'tool', tool, category, state: 'running', signs: [{ by: 'process', name: tool }] };
}

function runs(
  person: Person,
  { from, to }: { readonly from: number; readonly to: number },
  tool: Told,
): void {
  person.machine.during(from, to, tool, { kind: 'tool', tool: tool['tool'], state: 'running' });
}

/** Three who never met and declared three homes; their laptops stand in a fourth. */
function farmhands(random: Random): {
  readonly people: readonly Person[];
  readonly line: Egress;
  readonly gateway: string;
} {
  const [first, ...others] = CITIES.filter(({ country }) => country === 'US');
  const homes: readonly City[] = [first ?? CITIES[0], ...others];
  const people = ['cole', 'dana', 'finn'].map((id, index) =>
    personIn({
      id,
      city: homes[index % homes.length] ?? CITIES[0],
      random,
      start: MONDAY,
      weeks: 4,
      enrolledDaysBefore: 1,
    }),
  );
  return {
    people,
    line: lineIn({ ...(homes[0] ?? CITIES[0]), name: 'Phoenix', lat: 33.45, lon: -112.07 }, random),
    gateway: random.hash(),
  };
}

const KVM: Told = {
  ...{ kind: 'peripheral', vendorId: '1d6b', productId: '0104', match: 'pikvm', confidence: 'exact' },
  ...{
    vendor: 'PiKVM',
    product: 'PiKVM Composite Device',
    interfaces: ['boot-keyboard', 'absolute-pointer', 'storage'],
  },
};
const KVM_ID: Told = { kind: 'peripheral', vendorId: '1d6b', productId: '0104' };

/** The advisory's patterns as lives, with what has to be found. */
export const BAD = {
  'farm-with-ip-kvm': {
    expects: ['ip-kvm-attached', 'shared-egress', 'shared-artifact'],
    live: (random) => {
      const { people, line, gateway } = farmhands(random);
      let firstSign = Number.POSITIVE_INFINITY;
      for (const person of people)
        for (const { from, to } of works(person, { line: () => line, gateway })) {
          person.machine.during(from + MINUTE, to, KVM, KVM_ID);
          firstSign = Math.min(firstSign, from + MINUTE);
        }
      return { story: storyOf(people), firstSign };
    },
  },

  'farm-with-rmm': {
    expects: ['unapproved-remote-tool', 'remote-control-session', 'shared-egress'],
    live: (random) => {
      const { people, line, gateway } = farmhands(random);
      let firstSign = Number.POSITIVE_INFINITY;
      for (const person of people) {
        const tool = random.pick(['anydesk', 'rustdesk', 'splashtop'] as const);
        for (const { from, to } of works(person, { line: () => line, gateway, minutes: BY_REMOTE })) {
          runs(person, { from: from + 2 * MINUTE, to }, running(tool));
          const identity = { kind: 'control', tool };
          person.machine.during(from + 5 * MINUTE, to - MINUTE, { ...identity, relayed: true }, identity);
          firstSign = Math.min(firstSign, from + 2 * MINUTE);
        }
      }
      return { story: storyOf(people), firstSign };
    },
  },

  'vpn-direct-worker': {
    expects: ['unapproved-vpn', 'anonymizing-egress'],
    live: (random) => {
      const cole = someone(random);
      const exit = { ...lineIn(cole.city, random, 'vpn'), country: cole.city.country };
      const [first, ...rest] = works(cole, { line: () => exit });
      for (const { from, to } of [...(first ? [first] : []), ...rest]) {
        runs(cole, { from: from + MINUTE, to }, running('astrill', 'vpn'));
        const identity = { kind: 'tunnel', interface: 'astrill' };
        cole.machine.during(
          from + MINUTE,
          to,
          { ...identity, type: 'tap', tool: 'astrill', routes: 'full', dns: true },
          identity,
        );
      }
      return { story: storyOf([cole]), firstSign: (first?.from ?? MONDAY) + MINUTE };
    },
  },

  /** The exit fails for some minutes and the line behind it shows. */
  'vpn-drop': {
    expects: ['vpn-drop-exposure'],
    live: (random) => {
      const cole = someone(random, { declared: { approvedVpns: ['astrill'] } });
      const exit = { ...lineIn(cole.city, random, 'vpn'), country: cole.city.country };
      const there = random.pick(ELSEWHERE);
      const behind = { ...lineIn(there, random, 'business'), country: there.country };
      const stretches = works(cole, { line: () => exit });
      const dropped = stretches[random.int(3, 12)];
      if (!dropped) throw new Error('the story is too short');
      const at = dropped.from + 95 * MINUTE;
      cole.machine.online(at, at + 4 * MINUTE, behind);
      cole.machine.online(at + 5 * MINUTE, dropped.to, exit);
      return { story: storyOf([cole]), firstSign: at };
    },
  },

  'reshipped-laptop': {
    expects: ['reshipped-endpoint', 'undeclared-country'],
    live: (random) => {
      const cole = someone(random);
      const there = random.pick(ELSEWHERE);
      // No provider serves homes in both countries under one number, and both lines are well located: who moves is found by that.
      const home = { ...lineIn(cole.city, random, 'business'), asn: 64_496 };
      const abroad = { ...lineIn(there, random, 'business'), asn: 64_511 };
      let firstSign = Number.POSITIVE_INFINITY;
      const stretches = works(cole, {
        line: ({ day }) => (day < 8 ? home : abroad),
        on: (day, weekday) => weekday !== 0 && weekday !== 6 && (day < 4 || day > 8),
      });
      for (const { day, from, to } of stretches) {
        const ms = day < 8 ? random.int(18, 30) : random.int(180, 240);
        if (day >= 8) firstSign = Math.min(firstSign, from + 10_000);
        for (let hour = Math.ceil(from / HOUR) * HOUR; hour + HOUR <= to; hour += HOUR)
          cole.machine.noted(hour + HOUR, {
            kind: 'latency',
            hour: instant(hour),
            minMs: ms,
            medianMs: ms + 6,
            count: 120,
          });
      }
      return { story: storyOf([cole]), firstSign };
    },
  },

  'delivered-somewhere-else': {
    expects: ['first-seen-elsewhere'],
    live: (random) => {
      const cole = someone(random, { city: CITIES[0], enrolledDaysBefore: 0 });
      const boston = CITIES[1] ?? CITIES[0];
      // Businesses are where databases say, so nothing disputes the place.
      const elsewhere = {
        ...lineIn(boston, random, 'business'),
        country: 'US',
        lat: boston.lat,
        lon: boston.lon,
        radiusKm: 275,
      };
      const [first] = works(cole, { line: () => elsewhere });
      return { story: storyOf([cole]), firstSign: (first?.from ?? MONDAY) + 10_000 };
    },
  },

  /** One laptop, enrolled again and again under other names. */
  'several-identities-on-one-machine': {
    expects: ['identity-plurality'],
    live: (random) => {
      const serial = random.hash();
      const city = random.pick(CITIES);
      const line = lineIn(city, random);
      const people = ['cole', 'dana'].map((id, index) =>
        personIn({ id, city, random, start: MONDAY + index * 7 * DAY, weeks: 2, platform: { serial } }),
      );
      for (const person of people) works(person, { line: () => line });
      return { story: storyOf(people), firstSign: MONDAY + 7 * DAY };
    },
  },

  'session-without-agent': {
    expects: ['sign-in-without-agent'],
    live: (random) => {
      const cole = someone(random);
      const stretches = works(cole);
      const there = lineIn(random.pick(ELSEWHERE), random, 'business');
      let firstSign = Number.POSITIVE_INFINITY;
      for (const { day, to } of stretches.filter(({ day }) => day % 7 === 2)) {
        const at = to + 3 * HOUR;
        firstSign = Math.min(firstSign, at);
        cole.machine.noted(at, {
          kind: 'sign-in',
          id: `evt-${day}`,
          provider: 'example-idp',
          app: 'Source control',
          ip: there.ip,
          result: 'success',
        });
      }
      return { story: storyOf([cole]), firstSign };
    },
  },

  'spoofed-kvm': {
    expects: ['spoofed-kvm-identity'],
    live: (random) => {
      const cole = someone(random);
      const device = { kind: 'peripheral', vendorId: '046d', productId: 'c31c' };
      const stretches = works(cole);
      for (const { from, to } of stretches)
        cole.machine.during(
          from + MINUTE,
          to,
          {
            ...device,
            match: 'pikvm',
            confidence: 'preset',
            vendor: 'Logitech (x64)',
            product: 'Keyboard K120',
            interfaces: ['boot-keyboard', 'absolute-pointer', 'storage'],
          },
          device,
        );
      return { story: storyOf([cole]), firstSign: (stretches[0]?.from ?? MONDAY) + MINUTE };
    },
  },

  'second-rmm-beside-the-approved-one': {
    expects: ['several-remote-tools'],
    live: (random) => {
      const cole = someone(random, { declared: { approvedTools: ['teamviewer'] } });
      const stretches = works(cole);
      for (const { from, to } of stretches) {
        runs(cole, { from: from + MINUTE, to }, running('teamviewer'));
        runs(cole, { from: from + 3 * MINUTE, to }, running('rustdesk'));
      }
      return { story: storyOf([cole]), firstSign: (stretches[0]?.from ?? MONDAY) + 3 * MINUTE };
    },
  },

  /** The agent stops for an hour or two within the working day; the machine neither sleeps nor starts anew. */
  'agent-stopped-every-day': {
    expects: ['agent-interrupted'],
    live: (random) => {
      const cole = someone(random);
      const stretches = works(cole);
      const boot = agentFact(cole.machine.id, cole.start);
      let firstSign = Number.POSITIVE_INFINITY;
      for (const { from } of stretches) {
        const stopped = from + 2 * HOUR;
        const again = stopped + random.int(50, 110) * MINUTE;
        cole.machine.ended(stopped, { kind: 'agent' });
        cole.machine.began(again, boot);
        firstSign = Math.min(firstSign, again);
      }
      return { story: storyOf([cole]), firstSign };
    },
  },

  'cloned-machine': {
    expects: ['cloned-endpoint'],
    live: (random) => {
      const cole = someone(random);
      const stretches = works(cole);
      const at = (stretches[4]?.from ?? MONDAY) + HOUR;
      cole.machine.noted(at, { kind: 'gap', epoch: random.hash(), first: 1, last: 1, cause: 'clone' });
      return { story: storyOf([cole]), firstSign: at };
    },
  },

  'reverted-snapshot': {
    expects: ['snapshot-reverted'],
    live: (random) => {
      const cole = someone(random);
      const stretches = works(cole);
      const at = (stretches[6]?.from ?? MONDAY) + HOUR;
      cole.machine.noted(at, {
        kind: 'gap',
        epoch: random.hash(),
        first: 400,
        last: 980,
        cause: 'snapshot-revert',
      });
      return { story: storyOf([cole]), firstSign: at };
    },
  },

  /** Another machine than the one that was sent. */
  'virtual-machine-in-its-place': {
    expects: ['not-the-issued-endpoint'],
    live: (random) => {
      const cole = someone(random, {
        platform: { serial: random.hash(), virtual: 'vmware', chassis: 'virtual' },
      });
      works(cole);
      return { story: storyOf([cole]), firstSign: MONDAY };
    },
  },

  /** Declared a day's work in one time zone, works the day of another. */
  'works-the-hours-of-elsewhere': {
    expects: ['hours-contradiction'],
    live: (random) => {
      const cole = someone(random);
      const [first] = works(cole, { from: 20, to: 28.5 });
      return { story: storyOf([cole]), firstSign: first?.from ?? MONDAY };
    },
  },

  /** Several people take turns at one account: the machine never rests. */
  'never-rests': {
    expects: ['no-rest'],
    live: (random) => {
      const cole = someone(random);
      const line = lineIn(cole.city, random);
      works(cole, { line: () => line, on: (day, weekday) => weekday !== 0 && weekday !== 6 && day < 8 });
      const from = MONDAY + 14 * DAY;
      const to = from + 44 * HOUR;
      cole.machine.online(from, to, line);
      usage(cole.machine, { from, to }, () => ({ local: random.int(20, 55), remote: 0, locked: 0 }));
      return { story: storyOf([cole]), firstSign: from };
    },
  },

  'keep-awake': {
    expects: ['keep-awake-program'],
    live: (random) => {
      const cole = someone(random);
      const stretches = works(cole, { minutes: () => ({ local: 1, remote: 0, locked: 0 }) });
      for (const { from, to } of stretches)
        runs(cole, { from: from + MINUTE, to }, running('caffeine-zhorn', 'keep-awake'));
      return { story: storyOf([cole]), firstSign: (stretches[0]?.from ?? MONDAY) + MINUTE };
    },
  },

  'two-countries-in-an-hour': {
    expects: ['impossible-travel'],
    live: (random) => {
      const cole = someone(random, { declared: { countries: ['US', 'CN'] }, city: CITIES[0] });
      const exact = (city: City, ip: string): Egress => ({
        ...lineIn(city, random, 'business'),
        ip,
        country: city.country,
        lat: city.lat,
        lon: city.lon,
        radiusKm: 50,
      });
      const here = exact(CITIES[0], '198.51.100.20');
      const there = exact(ELSEWHERE[0], '203.0.113.77');
      const stretches = works(cole, { line: () => here });
      const used = stretches[5];
      if (!used) throw new Error('the story is too short');
      cole.machine.online(used.to + 40 * MINUTE, used.to + 100 * MINUTE, there);
      return { story: storyOf([cole]), firstSign: used.to + 40 * MINUTE };
    },
  },

  'rdp-from-outside': {
    expects: ['remote-login-from-unexpected-address'],
    live: (random) => {
      const cole = someone(random);
      const stretches = works(cole, { minutes: BY_REMOTE });
      for (const { from, to } of stretches) {
        const identity = {
          kind: 'session',
          user: 'cole',
          method: 'rdp',
          from: '203.0.113.200',
          startedAt: instant(from + MINUTE),
        };
        cole.machine.during(from + MINUTE, to, identity, identity);
        const peer = { kind: 'peer', ip: '203.0.113.200', by: 'session' };
        cole.machine.during(from + MINUTE, to, { ...peer, country: 'CN', networkClass: 'hosting' }, peer);
      }
      return { story: storyOf([cole]), firstSign: (stretches[0]?.from ?? MONDAY) + MINUTE };
    },
  },

  'tunnel-out-of-the-network': {
    expects: ['perimeter-tunnel'],
    live: (random) => {
      const cole = someone(random);
      const stretches = works(cole);
      for (const { from, to } of stretches)
        runs(cole, { from: from + MINUTE, to }, running('ngrok', 'tunnel'));
      return { story: storyOf([cole]), firstSign: (stretches[0]?.from ?? MONDAY) + MINUTE };
    },
  },
} as const satisfies Readonly<Record<string, BadLife>>;

/** Contradictions of people who are honest: the finding is right, and a conversation settles it. */
export const FORGOTTEN = {
  'traveller-without-a-word': {
    expects: ['undeclared-country'],
    live: (random) => {
      const ada = someone(random, { id: 'ada' });
      const there = CITIES.find(({ country }) => country !== ada.city.country) ?? CITIES[0];
      const home = lineIn(ada.city, random);
      const away = { ...lineIn(there, random, 'business'), country: there.country };
      let firstSign = Number.POSITIVE_INFINITY;
      const stretches = works(ada, {
        line: ({ day }) => (day >= 9 && day < 14 ? away : home),
        on: exceptOnTheWay(8),
      });
      for (const { day, from } of stretches) if (day >= 9) firstSign = Math.min(firstSign, from + 10_000);
      return { story: storyOf([ada]), firstSign };
    },
  },
} as const satisfies Readonly<Record<string, BadLife>>;
