import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'react-aria-components/Button';
import type { Schedule } from '../../../shared/api/schedules.ts';
import { cronWords } from '../../../shared/cron-words.ts';
import { visibleText } from '../../../shared/visible-text.ts';
import { scheduleApi } from '../data/schedules.ts';
import { aboutText, runText, STATE_WORDS, stateOf } from '../text/schedule-text.ts';
import { Inert } from './inert.tsx';
import { Refusal } from './notice.tsx';
import { ReasonDialog } from './reason-dialog.tsx';
import { At } from './time.tsx';

/** Schedules as cards: when each comes next, how its last packs went, and what may be done with it. */
export function ScheduleList(props: {
  readonly schedules: readonly Schedule[];
  readonly onEdit: (schedule: Schedule) => void;
}) {
  return (
    <ul className="schedules" aria-label="Schedules">
      {props.schedules.map((schedule) => (
        <ScheduleCard key={schedule.id} schedule={schedule} onEdit={() => props.onEdit(schedule)} />
      ))}
    </ul>
  );
}

function ScheduleCard({ schedule, onEdit }: { readonly schedule: Schedule; readonly onEdit: () => void }) {
  const { settings, next, runs } = schedule;
  const [coming] = next;
  const state = stateOf(schedule);
  return (
    <li className="schedule" aria-label={settings.name}>
      <div className="schedule-head">
        <strong>
          <Inert text={settings.name} />
        </strong>
        <span className={`schedule-state schedule-${state}`}>{STATE_WORDS[state]}</span>
        <Actions schedule={schedule} onEdit={onEdit} />
      </div>
      <p className="schedule-when">
        {cronWords(settings.cron)}, {settings.timezone}. <Inert text={aboutText(settings)} />.{' '}
        {coming === undefined ? (
          'No pack comes by the clock.'
        ) : (
          <>
            Next <At at={coming} />.
          </>
        )}
      </p>
      {runs.length === 0 ? (
        <p className="faint">No pack yet.</p>
      ) : (
        <table className="schedule-runs" aria-label={`Latest packs of ${settings.name}`}>
          <tbody>
            {runs.slice(0, 5).map((run) => (
              <tr key={run.due} className={run.status === 'failed' ? 'schedule-failed' : undefined}>
                <td>
                  <At at={run.due} />
                </td>
                <td>
                  {runText(run)}
                  {run.status === 'failed' && run.retryAt !== null && (
                    <>
                      , tried again <At at={run.retryAt} />
                    </>
                  )}
                </td>
                <td className="schedule-file">{run.file !== null && <Inert text={run.file} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </li>
  );
}

function Actions({ schedule, onEdit }: { readonly schedule: Schedule; readonly onEdit: () => void }) {
  const { id, version, settings } = schedule;
  const client = useQueryClient();
  const { mutate, error, isPending } = useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSettled: () => client.invalidateQueries({ queryKey: ['schedules'] }),
  });
  const turn = () =>
    scheduleApi.change(id, { version, settings: { ...settings, enabled: !settings.enabled } });
  const button = (label: string, press: () => void) => (
    <Button
      className="button small"
      aria-label={`${label} ${settings.name}`}
      isDisabled={isPending}
      onPress={press}
    >
      {label}
    </Button>
  );
  return (
    <span className="schedule-actions">
      {settings.enabled && button('Run now', () => mutate(() => scheduleApi.run(id)))}
      {button(settings.enabled ? 'Pause' : 'Resume', () => mutate(turn))}
      {button('Edit', onEdit)}
      <ReasonDialog
        label="Remove"
        title={`Remove “${visibleText(settings.name)}”?`}
        confirm="Remove"
        danger
        act={async (reason) => {
          await scheduleApi.remove(id, { version, reason });
          await client.invalidateQueries({ queryKey: ['schedules'] });
        }}
      >
        <p>No more packs come by it. Those that it wrote stay where they are.</p>
      </ReasonDialog>
      <Refusal error={error} />
    </span>
  );
}
