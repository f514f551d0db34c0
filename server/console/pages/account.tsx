import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'react-aria-components/Button';
import type { Sessions } from '../../../shared/api/sign-in.ts';
import { accountApi } from '../data/account-api.ts';
import { ownSessionsQuery } from '../data/queries.ts';
import { Inert } from '../parts/inert.tsx';
import { Facts, PageHead, Section } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { Loaded } from '../parts/states.tsx';
import { Ago, At } from '../parts/time.tsx';
import { ROLE_TEXTS, WAY_TEXTS } from '../text/account-text.ts';
import { PasswordForm } from './account-password.tsx';

/** What somebody sees and changes of their own account. */
export function AccountPage() {
  const query = useQuery(ownSessionsQuery);
  return (
    <>
      <PageHead title="Your account" />
      <Loaded query={query}>{(data) => <Own data={data} />}</Loaded>
    </>
  );
}

function Own({ data: { account, sessions, freshLink } }: { readonly data: Sessions }) {
  const hasPassword = account.ways.includes('password');
  return (
    <>
      <Section title="Who you are here">
        <Facts
          rows={[
            ['Account', <Inert key="name" text={account.name} />],
            ['Role', ROLE_TEXTS[account.role]],
            ['Made', <At key="made" at={account.createdAt} />],
          ]}
        />
      </Section>
      {!account.ways.includes('oidc') && (
        <Section title={hasPassword ? 'Change your password' : 'Set a password'}>
          <PasswordForm account={account.name} hasPassword={hasPassword} freshLink={freshLink} />
        </Section>
      )}
      <Section title="Where you are signed in">
        <SessionList sessions={sessions} />
      </Section>
    </>
  );
}

function SessionList({ sessions }: Pick<Sessions, 'sessions'>) {
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: accountApi.end,
    onSettled: () => client.invalidateQueries({ queryKey: ownSessionsQuery.queryKey }),
  });
  return (
    <>
      <Problem error={end.error} />
      <ul className="sessions">
        {sessions.map(({ id, way, source, createdAt, usedAt, current }) => (
          <li key={id}>
            <span>
              {WAY_TEXTS[way]} from <Inert text={source} />, <At at={createdAt} />
              <br />
              <span className="faint">
                {current ? (
                  'This session'
                ) : (
                  <>
                    Last used <Ago at={usedAt} />
                  </>
                )}
              </span>
            </span>
            {!current && (
              <Button
                className="button"
                aria-label={`End the session from ${source}`}
                isDisabled={end.isPending}
                onPress={() => end.mutate(id)}
              >
                End
              </Button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
