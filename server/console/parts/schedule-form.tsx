import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useDeferredValue, useId, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { PERIODS, type Period, type Schedule, type ScheduleSettings } from '../../../shared/api/schedules.ts';
import { isTimezone } from '../../../shared/time.ts';
import { scheduleApi, schedulePreviewQuery } from '../data/schedules.ts';
import { PERIOD_WORDS, RHYTHMS } from '../text/schedule-text.ts';
import { dateTime } from '../text/time-text.ts';
import { Refusal } from './notice.tsx';

/** Makes a schedule, or changes one. What a cron expression means is told while it is written. */
export function ScheduleForm(props: {
  readonly schedule: Schedule | undefined;
  readonly folders: readonly string[];
  readonly done: () => void;
}) {
  const { schedule, folders, done } = props;
  const client = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(schedule?.settings));
  const set = (change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change }));
  const settings = settingsOf(draft, schedule?.settings.enabled ?? true);
  const { mutate, error, isPending } = useMutation({
    mutationFn: (wanted: ScheduleSettings) =>
      schedule
        ? scheduleApi.change(schedule.id, { version: schedule.version, settings: wanted })
        : scheduleApi.add(wanted),
    onSuccess: done,
    onSettled: () => client.invalidateQueries({ queryKey: ['schedules'] }),
  });
  const text = (
    label: string,
    key: TextKey,
    more: { readonly note?: ReactNode; readonly list?: string } = {},
  ) => <TextInput label={label} value={draft[key]} onChange={(value) => set({ [key]: value })} {...more} />;
  const list = useId();
  const rhythm = RHYTHMS.findIndex(({ cron, period }) => cron === draft.cron && period === draft.period);
  return (
    <form
      className="form schedule-form"
      aria-label={schedule ? `Change ${schedule.settings.name}` : 'New schedule'}
      onSubmit={(event) => {
        event.preventDefault();
        if (settings) mutate(settings);
      }}
    >
      {text('Name', 'name')}
      <Choice
        label="How often"
        value={String(rhythm)}
        options={[
          ...RHYTHMS.map(({ label }, index) => [String(index), label] as const),
          ['-1', 'As the expression says'],
        ]}
        onChange={(value) => {
          const chosen = RHYTHMS[Number(value)];
          if (chosen) set({ cron: chosen.cron, period: chosen.period });
        }}
      />
      {text('Cron expression', 'cron', { note: 'Minute, hour, day of the month, month, day of the week.' })}
      {text('Time zone', 'timezone', { list })}
      <datalist id={list}>
        {Intl.supportedValuesOf('timeZone').map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      <Choice
        label="Each pack holds"
        value={draft.period}
        options={PERIODS.map((period) => [period, PERIOD_WORDS[period]] as const)}
        onChange={(value) => set({ period: PERIODS.find((known) => known === value) ?? 'since-last' })}
      />
      {text('Contractors', 'contractors', { note: 'Ids such as ada, ben; everybody when empty.' })}
      {text('Endpoints', 'endpoints', { note: 'Ids; all of theirs when empty.' })}
      {text('Cases', 'cases', { note: 'Ids; none in particular when empty.' })}
      <Choice
        label="Folder"
        value={draft.folder}
        options={folderOptions(folders, draft.folder)}
        onChange={(folder) => set({ folder })}
      />
      {text('Keep the last', 'keepLast', { note: 'Packs of this schedule; all when empty.' })}
      {text('Keep for days', 'keepDays', { note: 'A pack stays while either wants it.' })}
      <label className="schedule-check">
        <input
          type="checkbox"
          checked={draft.redact}
          onChange={(event) => set({ redact: event.target.checked })}
        />{' '}
        Redact names, accounts, hosts and ends of addresses
      </label>
      <Preview draft={draft} />
      <div className="form-row">
        <Button type="submit" className="button primary" isDisabled={!settings || isPending}>
          {schedule ? 'Save' : 'Add the schedule'}
        </Button>
        <Button className="button" onPress={done}>
          Cancel
        </Button>
      </div>
      <Refusal error={error} />
    </form>
  );
}

function Preview({ draft }: { readonly draft: Draft }) {
  const asked = useDeferredValue({ cron: draft.cron.trim(), timezone: draft.timezone, period: draft.period });
  const ready = asked.cron.length >= 6 && isTimezone(asked.timezone);
  const { data, error } = useQuery({ ...schedulePreviewQuery(asked), enabled: ready });
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <div className="schedule-preview" role="status" aria-label="Next packs">
      {!isTimezone(asked.timezone) && <p>There is no such time zone.</p>}
      {ready && <Refusal error={error} />}
      {ready && error === null && data && (
        <>
          <p>
            <strong>{data.sentence}</strong>, on clocks in {asked.timezone}.
          </p>
          <ol>
            {data.runs.map(({ due, from, to }) => (
              <li key={due}>
                {dateTime(due, asked.timezone)}
                {own !== asked.timezone && (
                  <span className="faint">
                    {' '}
                    ({dateTime(due, own)} in {own})
                  </span>
                )}
                <span className="faint">
                  {' '}
                  holds {from === null ? 'what came' : dateTime(from, asked.timezone)} up to{' '}
                  {dateTime(to, asked.timezone)}
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
    </div>
  );
}

function TextInput(props: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly note?: ReactNode;
  readonly list?: string;
}) {
  const id = useId();
  const { label, value, onChange, note, list } = props;
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className="input"
        value={value}
        list={list}
        spellCheck={false}
        autoComplete="off"
        aria-describedby={note === undefined ? undefined : `${id}-note`}
        onChange={(event) => onChange(event.target.value)}
      />
      {note !== undefined && (
        <span className="field-note" id={`${id}-note`}>
          {note}
        </span>
      )}
    </div>
  );
}

function Choice(props: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [string, string])[];
  readonly onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {props.label}
      </label>
      <select
        id={id}
        className="input"
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      >
        {props.options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}

interface Draft {
  readonly name: string;
  readonly cron: string;
  readonly timezone: string;
  readonly period: Period;
  readonly contractors: string;
  readonly endpoints: string;
  readonly cases: string;
  readonly folder: string;
  readonly keepLast: string;
  readonly keepDays: string;
  readonly redact: boolean;
}

type TextKey = Exclude<keyof Draft, 'period' | 'redact'>;

function draftOf(settings: ScheduleSettings | undefined): Draft {
  const [, , monthly] = RHYTHMS;
  if (!settings)
    return {
      ...{ name: '', cron: monthly.cron, period: monthly.period, redact: false, folder: '' },
      ...{ contractors: '', endpoints: '', cases: '', keepLast: '', keepDays: '' },
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    };
  const { contractors, endpoints, cases, folder, keepLast, keepDays, enabled: _, ...rest } = settings;
  return {
    ...rest,
    ...{ contractors: contractors.join(', '), endpoints: endpoints.join(', '), cases: cases.join(', ') },
    ...{ folder: folder ?? '', keepLast: String(keepLast ?? ''), keepDays: String(keepDays ?? '') },
  };
}

/** Undefined while something cannot be right. */
function settingsOf(draft: Draft, enabled: boolean): ScheduleSettings | undefined {
  const name = draft.name.trim();
  const cron = draft.cron.trim();
  const [keepLast, keepDays] = [countOf(draft.keepLast), countOf(draft.keepDays)];
  if (name === '' || cron.length < 6 || !isTimezone(draft.timezone)) return undefined;
  if (keepLast === undefined || keepDays === undefined) return undefined;
  return {
    ...{ name, cron, timezone: draft.timezone, period: draft.period, redact: draft.redact, enabled },
    ...{
      contractors: idsIn(draft.contractors),
      endpoints: idsIn(draft.endpoints),
      cases: idsIn(draft.cases),
    },
    ...{ folder: draft.folder === '' ? null : draft.folder, keepLast, keepDays },
  };
}

function countOf(text: string): number | null | undefined {
  if (text.trim() === '') return null;
  const count = Number(text);
  return Number.isInteger(count) && count > 0 ? count : undefined;
}

function idsIn(text: string): string[] {
  return text.split(/[\s,;]+/).filter((id) => id !== '');
}

/** The usual folder is told as none; a folder below one of them, named on the command line, stays. */
function folderOptions(folders: readonly string[], chosen: string): readonly (readonly [string, string])[] {
  const [usual = '', ...more] = folders;
  const others = chosen === '' || more.includes(chosen) ? more : [...more, chosen];
  return [['', usual], ...others.map((folder) => [folder, folder] as const)];
}
