import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BAD, FORGOTTEN } from './lives/bad.ts';
import { HONEST } from './lives/honest.ts';
import { PROBES } from './lives/machine.ts';
import { randomOf } from './lives/random.ts';

/** Chance of the lives beside; any other gives other ones of the same kinds. */
const SEED = 20_260_202;

const HOURS = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' };
const CHICAGO = { countries: ['US'], timezone: 'America/Chicago', workHours: HOURS };
const DAYS = workdays('2026-03-02', 15);
const WARSAW = { countries: ['PL'], timezone: 'Europe/Warsaw', workHours: HOURS };

/**
 * Writes the stories beside it: `node test/stories/generate.ts`. These are three weeks of working days with no chance in them, on
 * the last of which everybody is still at work; the lives are four weeks with the chance of one seed. Running this again changes
 * nothing.
 */
const STORIES = {
  'home-worker': homeWorker(),
  'couple-in-one-household': couple(),
  'privacy-vpn-by-agreement': privacyVpn(),
  'laptop-farm': laptopFarm(),
};

const LIVES = Object.fromEntries([
  ...Object.entries(HONEST).map(([name, live]) => [name, live(randomOf(SEED))] as const),
  ...Object.entries({ ...BAD, ...FORGOTTEN }).map(
    ([name, { live }]) => [name, live(randomOf(SEED)).story] as const,
  ),
]);

for (const [name, lines] of Object.entries({ ...STORIES, ...LIVES })) {
  const path = fileURLToPath(new URL(`./${name}.jsonl`, import.meta.url));
  writeFileSync(path, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
}

interface Line {
  readonly at?: string;
  readonly [field: string]: unknown;
}

/** Works from home, sometimes from a café, uses the agreed support tool twice. */
function homeWorker(): Line[] {
  const day = (date: string, index: number) => {
    const cafe = index % 4 === 3;
    const egress = cafe
      ? home('198.51.100.90', 'US', {
          networkClass: 'business',
          city: 'Chicago',
          lat: 41.89,
          lon: -87.64,
          radiusKm: 20,
        })
      : home('198.51.100.7', 'US', { city: 'Chicago', lat: 41.9, lon: -87.6, radiusKm: 20 });
    return worked('laptop-ada', { date, from: '15:00', to: '23:00', egress }, [
      ...(index === 2 || index === 8 ? support('laptop-ada', date) : []),
    ]);
  };
  return [
    contractor('ada', { ...CHICAGO, home: { lat: 41.88, lon: -87.63 }, approvedTools: ['teamviewer'] }),
    endpoint('laptop-ada', 'ada', '2026-01-12T15:00:00.000Z'),
    ...introduced('laptop-ada', '2026-03-02T14:55:00.000Z', clock('America/Chicago', -360)),
    ...DAYS.flatMap(day),
  ];
}

/** Two contractors in one household, declared as one site, on one line. */
function couple(): Line[] {
  const line = home('203.0.113.20', 'PL', { city: 'Warsaw', lat: 52.2, lon: 21, radiusKm: 30 });
  return [
    contractor('ola', { ...WARSAW, sharedSite: 'rose-street' }),
    contractor('jan', { ...WARSAW, sharedSite: 'rose-street' }),
    endpoint('laptop-ola', 'ola', '2026-02-16T08:00:00.000Z'),
    endpoint('laptop-jan', 'jan', '2026-02-16T08:30:00.000Z'),
    ...introduced('laptop-ola', '2026-03-02T07:50:00.000Z', clock('Europe/Warsaw', 60)),
    ...introduced('laptop-jan', '2026-03-02T07:50:00.000Z', clock('Europe/Warsaw', 60)),
    ...DAYS.flatMap((date) => [
      ...worked('laptop-ola', { date, from: '08:00', to: '16:00', egress: line }),
      ...worked('laptop-jan', { date, from: '08:10', to: '15:30', egress: line }),
    ]),
  ];
}

/** A privacy VPN that was agreed to; it comes out in the declared country and runs all day. */
function privacyVpn(): Line[] {
  const exit = home('192.0.2.60', 'DE', { networkClass: 'vpn', asn: 64_510, org: 'Example VPN' });
  return [
    contractor('mia', {
      countries: ['DE'],
      timezone: 'Europe/Berlin',
      workHours: HOURS,
      approvedVpns: ['mullvad'],
    }),
    endpoint('laptop-mia', 'mia', '2026-02-02T08:00:00.000Z'),
    ...introduced('laptop-mia', '2026-03-02T07:50:00.000Z', clock('Europe/Berlin', 60)),
    ...DAYS.flatMap((date) =>
      worked('laptop-mia', { date, from: '08:00', to: '16:00', egress: exit }, [
        began(`${date}T08:01:00.000Z`, 'laptop-mia', tool('mullvad', 'vpn')),
        began(`${date}T08:01:00.000Z`, 'laptop-mia', tunnel('mullvad')),
        ended(`${date}T15:58:00.000Z`, 'laptop-mia', { kind: 'tunnel', interface: 'wg0-mullvad' }),
        ended(`${date}T15:58:00.000Z`, 'laptop-mia', { kind: 'tool', tool: 'mullvad', state: 'running' }),
      ]),
    ),
  ];
}

/** Three contractors who declared three homes; their laptops stand in one, each with a remote tool and hardly any local input. */
function laptopFarm(): Line[] {
  const machines = [
    { who: 'cole', laptop: 'laptop-a', remote: 'anydesk', start: '13:30' },
    { who: 'dana', laptop: 'laptop-b', remote: 'rustdesk', start: '13:40' },
    { who: 'finn', laptop: 'laptop-c', remote: 'anydesk', start: '14:05' },
  ];
  const line = home('203.0.113.40', 'US', {
    city: 'Phoenix',
    lat: 33.4,
    lon: -112,
    radiusKm: 30,
    asn: 64_499,
    org: 'Example Cable',
  });
  return [
    ...machines.flatMap(({ who, laptop }) => [
      contractor(who, CHICAGO),
      endpoint(laptop, who, '2026-03-02T13:00:00.000Z'),
      ...introduced(laptop, '2026-03-02T13:01:00.000Z', clock('America/Chicago', -360)),
    ]),
    ...DAYS.flatMap((date) =>
      machines.flatMap(({ laptop, remote, start }) =>
        worked(laptop, { date, from: start, to: '23:30', egress: line, remote: true }, [
          began(`${date}T14:10:00.000Z`, laptop, tool(remote, 'remote-access')),
          ended(`${date}T23:20:00.000Z`, laptop, { kind: 'tool', tool: remote, state: 'running' }),
        ]),
      ),
    ),
  ];
}

interface Workday {
  readonly date: string;
  readonly from: string;
  readonly to: string;
  readonly egress: Line & { readonly ip: string };
  readonly remote?: boolean;
}

/** One day of one endpoint: it wakes up and connects, something happens, it notes how it was used, it leaves and sleeps. */
function worked(machine: string, { date, from, to, egress, remote }: Workday, between: Line[] = []): Line[] {
  const used = remote ? { local: 1, remote: 52, locked: 0 } : { local: 46, remote: 0, locked: 8 };
  const hours = ['15', '18', '20'].filter((hour) => `${hour}:00` > from && `${hour}:59` < to);
  const noted = hours.map((hour) => ({
    at: `${date}T${hour}:59:00.000Z`,
    endpoint: machine,
    noted: { kind: 'activity', hour: `${date}T${hour}:00:00.000Z`, ...used },
  }));
  const during = [...between, ...noted].toSorted((a, b) => ((a.at ?? '') < (b.at ?? '') ? -1 : 1));
  const evening = DAYS[DAYS.indexOf(date) - 1];
  const morning = `${date}T${from}:00.000Z`;
  const slept = { kind: 'suspend', from: `${evening}T${to}:30.000Z`, until: morning };
  const day = [
    began(morning, machine, egress),
    ...(evening === undefined ? [] : [{ at: morning, endpoint: machine, noted: slept }]),
    ...during,
    ended(`${date}T${to}:00.000Z`, machine, { kind: 'egress', ip: egress.ip }),
  ];
  return date === DAYS.at(-1) ? day.filter((line) => !('ended' in line)) : day;
}

function support(machine: string, date: string): Line[] {
  return [
    began(`${date}T16:10:00.000Z`, machine, tool('teamviewer', 'remote-access')),
    ended(`${date}T16:35:00.000Z`, machine, { kind: 'tool', tool: 'teamviewer', state: 'running' }),
  ];
}

/** `count` days from Monday to Friday, from `first` on. */
function workdays(first: string, count: number): string[] {
  const days: string[] = [];
  for (let at = Date.parse(`${first}T00:00:00Z`); days.length < count; at += 86_400_000) {
    const weekday = new Date(at).getUTCDay();
    if (weekday !== 0 && weekday !== 6) days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}

function contractor(id: string, declaration: object): Line {
  return { contractor: { id, ...declaration } };
}
function endpoint(id: string, contractor: string, enrolledAt: string): Line {
  return { endpoint: { id, contractor, enrolledAt } };
}
function began(at: string, machine: string, fact: Line): Line {
  return { at, endpoint: machine, began: fact };
}
function ended(at: string, machine: string, identity: Line): Line {
  return { at, endpoint: machine, ended: identity };
}
function home(ip: string, country: string, more: Line): Line & { readonly ip: string } {
  return { kind: 'egress', ip, country, networkClass: 'residential', ...more };
}
/** What a machine tells once: its clock, its system, and that every probe could look. */
function introduced(machine: string, at: string, clockFact: Line): Line[] {
  const probes = PROBES.map((name) => [name, 'ok']);
  return [
    began(at, machine, clockFact),
    began(at, machine, {
      ...{ kind: 'platform', os: 'linux', name: 'Ubuntu', version: '24.04', arch: 'x64', chassis: 'laptop' },
      bootedAt: at,
    }),
    began(at, machine, {
      ...{
        kind: 'agent',
        version: '0.1.0',
        catalog: '2026.11.22',
        policy: 'default',
        boot: `boot-of-${machine}`,
      },
      probes: Object.fromEntries(probes),
    }),
  ];
}
function clock(timezone: string, utcOffsetMinutes: number): Line {
  return { kind: 'clock', timezone, utcOffsetMinutes };
}
function tool(id: string, category: string): Line {
  return { kind: 'tool', tool: id, category, state: 'running', signs: [{ by: 'process', name: id }] };
}
function tunnel(id: string): Line {
  return { kind: 'tunnel', interface: `wg0-${id}`, type: 'wireguard', tool: id, routes: 'full', dns: true };
}
