import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import { Link } from 'wouter';
import { rightsOf } from '../../../../shared/account.ts';
import type { Checklist } from '../../../../shared/api/setup.ts';
import { checklistQuery, dismissChecklist, noteBackup } from '../../data/overview.ts';
import { sessionQuery } from '../../data/queries.ts';
import { Inert } from '../inert.tsx';
import { At } from '../time.tsx';

/** What there is to do on a new collector; gone when all of it is done, or when the account wants it no more. */
export function FirstSteps() {
  const { data: list } = useQuery(checklistQuery);
  const { data: session } = useQuery(sessionQuery);
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: checklistQuery.queryKey });
  const dismiss = useMutation({ mutationFn: dismissChecklist, onSuccess });
  const note = useMutation({ mutationFn: noteBackup, onSuccess });
  if (!list || !session || list.dismissedAt !== null) return null;
  const administers = rightsOf(session.role).includes('administer');
  const steps = stepsOf(list, administers && (() => note.mutate()));
  const done = steps.filter((step) => step.done).length;
  if (done === steps.length) return null;
  return (
    <section className="first-steps" aria-labelledby="first-steps">
      <h2 id="first-steps">
        First steps <span className="section-note">{`${done} of ${steps.length} done`}</span>
      </h2>
      <ol>
        {steps.map(({ key, title, done: isDone, more }) => (
          <li key={key} className={isDone ? 'step step-done' : 'step'}>
            <span className="step-mark" aria-hidden="true" />
            <span>
              <strong>{title}</strong> <span className="hidden">{isDone ? 'done' : 'to do'}</span>
              <span className="step-more">{more}</span>
            </span>
          </li>
        ))}
      </ol>
      <Button className="button plain" isDisabled={dismiss.isPending} onPress={() => dismiss.mutate()}>
        Do not show this again
      </Button>
    </section>
  );
}

interface Step {
  readonly key: string;
  readonly title: string;
  readonly done: boolean;
  readonly more: ReactNode;
}

function stepsOf(list: Checklist, note: false | (() => void)): readonly Step[] {
  const { endpoints, declared, accounts, noted } = list;
  const forAdmin = (href: string, text: string) =>
    note ? <Link href={href}>{text}</Link> : <span className="faint">An administrator does this.</span>;
  return [
    {
      key: 'endpoint',
      title: 'Enroll an endpoint',
      done: endpoints > 0,
      more: endpoints > 0 ? `${endpoints} enrolled` : forAdmin('/endpoints/tokens', 'Create a token'),
    },
    {
      key: 'roster',
      title: 'Import a roster',
      done: declared > 0,
      more: declared > 0 ? `${declared} declared` : forAdmin('/admin/roster', 'Choose a file'),
    },
    {
      key: 'account',
      title: 'Add an account for somebody else',
      done: accounts > 1,
      more: accounts > 1 ? `${accounts} accounts` : forAdmin('/admin/accounts', 'Add an account'),
    },
    {
      key: 'backup',
      title: 'Note down backup and keys',
      done: noted !== null,
      more: noted ? (
        <>
          by <Inert text={noted.by} /> <At at={noted.at} />
        </>
      ) : (
        <>
          The data folder holds the evidence, and in <code>tls</code> the key that agents trust. Keep a copy
          elsewhere.{' '}
          {note && (
            <Button className="button" onPress={note}>
              It is noted down
            </Button>
          )}
        </>
      ),
    },
  ];
}
