import { DAY, HOUR, instant, MINUTE } from '../../../shared/time.ts';
import type { City } from './cities.ts';
import { type Egress, lineIn } from './line.ts';
import { keepsTime, type Machine, machineOf, midnight } from './machine.ts';
import type { Random } from './random.ts';

/** One person with one laptop, living from `start` to `end`. */
export interface Person {
  readonly id: string;
  readonly city: City;
  readonly machine: Machine;
  readonly random: Random;
  readonly start: number;
  readonly end: number;
  /** Lines besides the machine's: contractor, endpoint, exceptions. */
  readonly told: object[];
}

export interface Setting {
  readonly id: string;
  readonly city: City;
  readonly random: Random;
  readonly start: number;
  readonly weeks: number;
  readonly declared?: object;
  readonly platform?: object;
  readonly enrolledDaysBefore?: number;
}

const WORKWEEK = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;

/** Declares a person and introduces the machine; its clock keeps the time of the city. */
export function personIn(setting: Setting): Person {
  const { id, city, random, start, weeks, declared = {}, platform = {} } = setting;
  const end = start + weeks * 7 * DAY;
  const machine = machineOf(`laptop-${id}`, random);
  const serial = random.hash();
  const enrolledAt = instant(start - (setting.enrolledDaysBefore ?? 60) * DAY);
  machine.introduce(start, { platform: { serial, ...platform } });
  keepsTime(machine, city, { from: start, until: end });
  return {
    ...{ id, city, machine, random, start, end },
    told: [
      {
        contractor: {
          id,
          countries: [city.country],
          home: { lat: city.lat, lon: city.lon },
          timezone: city.timezone,
          workHours: { days: WORKWEEK, from: '09:00', to: '17:00' },
          issuedSerials: [serial],
          ...declared,
        },
      },
      { endpoint: { id: machine.id, contractor: id, enrolledAt } },
    ],
  };
}

export interface Stretch {
  /** Days since the start of the story. */
  readonly day: number;
  readonly from: number;
  readonly to: number;
}

export interface Habits {
  /** Local hours; the real ones scatter around them by some twenty minutes. */
  readonly from?: number;
  readonly to?: number;
  /** Whether and when this day is worked; undefined for the habit of the week. */
  readonly on?: (day: number, weekday: number) => boolean;
  /** By which line on this day; the line at home when left out. */
  readonly line?: (stretch: Stretch) => Egress;
  /** Minutes of an hour by hand, by remote session and locked. */
  readonly minutes?: (random: Random) => {
    readonly local: number;
    readonly remote: number;
    readonly locked: number;
  };
  /** Where the laptop is: the local network besides the line. */
  readonly gateway?: string;
  readonly city?: City;
}

/** Works day by day, sleeps in between, loses the line now and then. Gives the stretches that were worked. */
export function works(person: Person, habits: Habits = {}): readonly Stretch[] {
  const { machine, random, start, end } = person;
  const { from = 9, to = 17, city = person.city } = habits;
  const gateway = habits.gateway ?? random.hash();
  const accessPoint = random.hash();
  const home = homeLine(person);
  const stretches: Stretch[] = [];
  let asleepSince = start + 5 * MINUTE;
  machine.began(start + MINUTE, {
    ...{
      kind: 'network',
      interface: 'wlan0',
      gateway,
      medium: 'wireless',
      accessPoint,
      prefix: '192.168.1.0/24',
    },
  });
  for (let day = 0; ; day += 1) {
    const dawn = midnight(city, start, day);
    if (dawn >= end) break;
    const weekday = new Date(dawn + 12 * HOUR).getUTCDay();
    const worked = habits.on?.(day, weekday) ?? (weekday !== 0 && weekday !== 6);
    if (!worked) continue;
    const begin = Math.round(dawn + random.normal(from, 0.3) * HOUR);
    const stop = Math.round(dawn + random.normal(to, 0.4) * HOUR);
    if (begin <= asleepSince || stop >= end) continue;
    const stretch = { day, from: begin, to: stop };
    machine.noted(begin, { kind: 'suspend', from: instant(asleepSince), until: instant(begin) });
    asleepSince = stop + 2 * MINUTE;
    const egress = habits.line?.(stretch) ?? home(stretch);
    for (const online of withOutages(stretch, random)) machine.online(online.from, online.to, egress);
    usage(
      machine,
      stretch,
      habits.minutes ? () => habits.minutes?.(random) ?? BY_HAND(random) : () => BY_HAND(random),
    );
    stretches.push(stretch);
  }
  return stretches;
}

/** From Monday to Friday but for a day that is spent in airplanes: nobody works on two continents within sixteen hours. */
export function exceptOnTheWay(day: number): NonNullable<Habits['on']> {
  return (on, weekday) => weekday !== 0 && weekday !== 6 && on !== day;
}

/** The line at home; some providers give a new address now and then. */
function homeLine({ city, random }: Person): (stretch: Stretch) => Egress {
  const changesAfterDays = random.pick([7, 14, 60, 60, 60] as const);
  let line = lineIn(city, random);
  let since = 0;
  return ({ day }) => {
    if (day - since >= changesAfterDays) {
      line = lineIn(city, random);
      since = day;
    }
    return line;
  };
}

const BY_HAND = (random: Random) => ({ local: random.int(25, 58), remote: 0, locked: random.int(0, 2) });

/** One in eight days the line fails for some minutes. */
function withOutages(
  { from, to }: Stretch,
  random: Random,
): readonly { readonly from: number; readonly to: number }[] {
  if (!random.chance(0.125)) return [{ from: from + 10_000, to }];
  const lost = Math.round(from + (to - from) * (0.2 + 0.6 * random.next()));
  const back = Math.min(to - MINUTE, lost + random.int(2, 40) * MINUTE);
  return [
    { from: from + 10_000, to: lost },
    { from: back, to },
  ];
}

/** Minutes of use, noted when each hour is over. */
export function usage(
  machine: Machine,
  { from, to }: Pick<Stretch, 'from' | 'to'>,
  minutes: () => { readonly local: number; readonly remote: number; readonly locked: number },
): void {
  for (let hour = Math.ceil(from / HOUR) * HOUR; hour + HOUR <= to; hour += HOUR)
    machine.noted(hour + HOUR, { kind: 'activity', hour: instant(hour), ...minutes() });
}

/** All lines of these people, in order of time, what has no time first. */
export function storyOf(people: readonly Person[], exceptions: readonly object[] = []): readonly object[] {
  const lines = people
    .flatMap(({ machine }) => machine.lines)
    .toSorted((a, b) => ((a.at ?? '') < (b.at ?? '') ? -1 : 1));
  const now = lines.at(-1)?.at;
  const told = people.flatMap((person) => person.told);
  return [
    ...told.filter((line) => 'contractor' in line),
    ...told.filter((line) => !('contractor' in line)),
    ...exceptions.map((exception) => ({ exception })),
    ...(now === undefined ? [] : [{ now }]),
    ...lines,
  ];
}
