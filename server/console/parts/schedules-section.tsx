import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { Schedule } from '../../../shared/api/schedules.ts';
import { schedulesQuery } from '../data/schedules.ts';
import { Section } from './page.tsx';
import { ScheduleForm } from './schedule-form.tsx';
import { ScheduleList } from './schedule-list.tsx';
import { Empty, Loaded } from './states.tsx';

/** Packs that come by the clock. */
export function SchedulesSection() {
  const query = useQuery(schedulesQuery);
  const [editing, setEditing] = useState<Schedule | 'new'>();
  const close = () => setEditing(undefined);
  return (
    <Section title="Schedules" note={query.data?.schedules.length}>
      <Loaded query={query}>
        {({ schedules, folders }) => (
          <>
            {schedules.length === 0 && editing === undefined && (
              <Empty title="No packs come by the clock.">
                <p>A schedule writes them into a folder, as your own tools need them there.</p>
              </Empty>
            )}
            <ScheduleList schedules={schedules} onEdit={setEditing} />
            {editing === undefined ? (
              <Button className="button" onPress={() => setEditing('new')}>
                New schedule
              </Button>
            ) : (
              <ScheduleForm
                key={editing === 'new' ? 'new' : editing.id}
                schedule={editing === 'new' ? undefined : editing}
                folders={folders}
                done={close}
              />
            )}
          </>
        )}
      </Loaded>
    </Section>
  );
}
