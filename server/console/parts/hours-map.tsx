import { type KeyboardEvent, useRef, useState } from 'react';
import type { HourCell, HoursView } from '../../../shared/api/timeline.ts';
import { MINUTE, utcOffsetMinutes } from '../../../shared/time.ts';
import { plural } from '../text/labels.ts';
import { lengthText, offsetText } from '../text/time-text.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const STEPS = [0, 5, 15, 30, 45] as const;

/** A week of hours on the contractor's clock: how much was done in each, and which were declared. */
export function HoursMap({ hours }: { readonly hours: HoursView }) {
  const [at, setAt] = useState<readonly [number, number]>([0, 9]);
  const [pointed, setPointed] = useState<readonly [number, number]>();
  const table = useRef<HTMLTableElement>(null);
  const shown = pointed ?? at;
  const move = (event: KeyboardEvent) => {
    const by = MOVES.get(event.key);
    if (!by) return;
    event.preventDefault();
    const next = [(at[0] + by[0] + 7) % 7, (at[1] + by[1] + 24) % 24] as const;
    setAt(next);
    setPointed(undefined);
    table.current?.querySelector<HTMLElement>(`[data-cell="${next.join(' ')}"]`)?.focus();
  };
  const cell = hours.days[shown[0]]?.[shown[1]];
  return (
    <div className="hours">
      <table
        ref={table}
        className="hours-map"
        aria-label={`Minutes of activity by weekday and hour, ${hours.timezone}`}
        onKeyDown={move}
        onPointerLeave={() => setPointed(undefined)}
      >
        <HourHeads hours={hours} />
        <tbody>
          {hours.days.map((cells, day) => (
            <tr key={DAYS[day]}>
              <th scope="row">{DAYS[day]}</th>
              {cells.map((each, hour) => (
                <Cell
                  // biome-ignore lint/suspicious/noArrayIndexKey: an hour is its place in the day.
                  key={hour}
                  cell={each}
                  edges={edgesOf(hours.days, day, hour)}
                  name={`${day} ${hour}`}
                  label={`${momentText([day, hour])}: ${cellText(each)}`}
                  focusable={at[0] === day && at[1] === hour}
                  onPoint={() => setPointed([day, hour])}
                  onFocus={() => setAt([day, hour])}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="hours-cell" aria-hidden="true">
        <strong>{momentText(shown)}</strong> {cell && cellText(cell)}
      </p>
      <HoursLegend hours={hours} />
    </div>
  );
}

const MOVES = new Map<string, readonly [number, number]>([
  ['ArrowLeft', [0, -1]],
  ['ArrowRight', [0, 1]],
  ['ArrowUp', [-1, 0]],
  ['ArrowDown', [1, 0]],
]);

/** Hours on their clock above; below, the same moments on the reader's, as clocks stand now. */
function HourHeads({ hours: { timezone, to } }: { readonly hours: HoursView }) {
  const apart = -new Date(to).getTimezoneOffset() - utcOffsetMinutes(timezone, to);
  const marks = Array.from({ length: 8 }, (_, index) => index * 3);
  return (
    <thead>
      <tr>
        <th scope="row">Theirs</th>
        {marks.map((hour) => (
          <th key={hour} colSpan={3} scope="colgroup">
            {clockText(hour * 60)}
          </th>
        ))}
      </tr>
      {apart !== 0 && (
        <tr>
          <th scope="row">Yours</th>
          {marks.map((hour) => (
            <td key={hour} colSpan={3}>
              {clockText(hour * 60 + apart)}
            </td>
          ))}
        </tr>
      )}
    </thead>
  );
}

interface CellProps {
  readonly cell: HourCell;
  readonly edges: string;
  readonly name: string;
  readonly label: string;
  readonly focusable: boolean;
  readonly onPoint: () => void;
  readonly onFocus: () => void;
}

function Cell({ cell, edges, name, label, focusable, onPoint, onFocus }: CellProps) {
  const perHour = activeOf(cell) / Math.max(1, cell.hours);
  const step = STEPS.findLastIndex((least) => perHour > least) + 1;
  const words = [
    'hours-cell-box',
    `hours-step-${step}`,
    edges,
    cell.declared === 0 && perHour > 0 ? 'hours-outside' : '',
    cell.remote > cell.local ? 'hours-remote' : '',
    cell.session > 0 && cell.local + cell.remote === 0 ? 'hours-session' : '',
  ];
  return (
    <td
      className={words.filter((word) => word !== '').join(' ')}
      data-cell={name}
      aria-label={label}
      tabIndex={focusable ? 0 : -1}
      onPointerEnter={onPoint}
      onFocus={onFocus}
    />
  );
}

/** An outline around runs of declared hours. */
function edgesOf(days: HoursView['days'], day: number, hour: number): string {
  const isDeclared = (of: number, at: number) => (days[of]?.[at]?.declared ?? 0) > 0;
  if (!isDeclared(day, hour)) return '';
  const edges = [
    ['declared-start', isDeclared(day, hour - 1)],
    ['declared-end', isDeclared(day, hour + 1)],
    ['declared-top', isDeclared(day - 1, hour)],
    ['declared-bottom', isDeclared(day + 1, hour)],
  ] as const;
  return edges.flatMap(([edge, goesOn]) => (goesOn ? [] : [edge])).join(' ');
}

function activeOf({ local, remote, session }: HourCell): number {
  return local + remote > 0 ? local + remote : session;
}

function momentText([day, hour]: readonly [number, number]): string {
  return `${DAYS[day]} ${clockText(hour * 60)}–${clockText((hour + 1) * 60)}`;
}

function cellText(cell: HourCell): string {
  const { hours, counted, local, remote, locked, session, declared } = cell;
  const stated = declared > 0 ? 'declared' : 'not declared';
  const input =
    local + remote > 0
      ? `${minutes(local)} local and ${minutes(remote)} remote input in ${plural(Math.round(hours), 'such hour')}`
      : counted > 0
        ? `no input${locked > 0 ? `, ${minutes(locked)} locked` : ''}`
        : 'nothing counted';
  const open = session > 0 ? `; a session was open for ${minutes(session)} without a count of activity` : '';
  return `${input}${open} · ${stated}`;
}

function minutes(value: number): string {
  return `${Math.round(value)} min`;
}

function clockText(minute: number): string {
  const wrapped = ((minute % 1440) + 1440) % 1440;
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(wrapped / 60))}:${two(wrapped % 60)}`;
}

function HoursLegend({ hours }: { readonly hours: HoursView }) {
  return (
    <ul className="lanes-legend hours-legend">
      <li>
        Minutes an hour:
        {['0', '1–5', '6–15', '16–30', '31–45', '46–60'].map((label, step) => (
          <span key={label} className="hours-key">
            <span className={`key hours-step-${step}`} /> {label}
          </span>
        ))}
      </li>
      <li>
        <span className="key key-declared" /> declared
      </li>
      <li>
        <span className="key hours-outside hours-step-4" /> outside declared hours
      </li>
      <li>
        <span className="key hours-remote hours-step-2" /> mostly remote
      </li>
      <li>
        <span className="key hours-session" /> session open, activity not counted
      </li>
      <li className="faint">
        {hours.timezone} ({offsetText(utcOffsetMinutes(hours.timezone, hours.to))} now)
      </li>
    </ul>
  );
}

/** What the picture comes to, in a sentence. */
export function hoursSentence({ within, outside, weeks, declaredHours, declaredZone }: HoursView): string {
  const over = `the last ${plural(weeks, 'week')}`;
  if (declaredHours === 'flexible') return `Hours are flexible as declared. ${capital(over)}.`;
  if (within === null || outside === null)
    return `${declaredZone ? 'No work hours were declared' : 'No time zone and hours were declared, so this is in UTC'}. ${capital(over)}.`;
  const total = within + outside;
  if (total === 0) return `No input was counted in ${over}.`;
  const share = Math.round((outside / total) * 100);
  return `${lengthText(outside * MINUTE)} of ${lengthText(total * MINUTE)} of input lay outside the declared hours (${share} %), in ${over}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
