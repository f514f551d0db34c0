import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { RIGHTS, type Right } from '../../../../shared/account.ts';
import type { ApiToken } from '../../../../shared/api/api-token.ts';
import { DAY, instant } from '../../../../shared/time.ts';
import { apiTokensQuery, makeApiToken, revokeApiToken } from '../../data/admin.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { FilterSelect } from '../../parts/filter-select.tsx';
import { Inert } from '../../parts/inert.tsx';
import { Section } from '../../parts/page.tsx';
import { ShownOnce } from '../../parts/shown-once.tsx';
import { Loaded } from '../../parts/states.tsx';
import { Ago, At } from '../../parts/time.tsx';
import { failureText } from '../../text/failure-text.ts';

const LIFES = [
  { id: '7', label: '7 days' },
  { id: '30', label: '30 days' },
  { id: '90', label: '90 days' },
  { id: '365', label: 'a year' },
];

/** Which programs may ask the API, for what and how long. */
export function ApiTokens() {
  const tokens = useQuery(apiTokensQuery);
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: apiTokensQuery.queryKey });
  const make = useMutation({ mutationFn: makeApiToken, onSettled });
  const revoke = useMutation({ mutationFn: revokeApiToken, onSettled });
  const error = make.error ?? revoke.error;
  return (
    <Section title="API tokens" note="for programs; none may do more than its account">
      <NewToken onMake={(wanted) => make.mutate(wanted)} />
      {error !== null && (
        <p className="notice notice-warn" role="alert">
          <strong>{failureText(error).title}</strong> {failureText(error).detail}
        </p>
      )}
      {make.data && (
        <ShownOnce
          label={`Token ${make.data.made.name}`}
          secret={make.data.token}
          note="It is not shown again. Send it as: Authorization: Bearer …"
          onDone={make.reset}
        />
      )}
      <Loaded query={tokens}>
        {({ tokens: all }) =>
          all.length === 0 ? (
            <p className="faint">No token was made yet.</p>
          ) : (
            <DataTable
              label="API tokens"
              name="api-tokens"
              rows={all}
              rowKey={({ id }) => id}
              columns={columnsFor((id) => revoke.mutate(id))}
            />
          )
        }
      </Loaded>
    </Section>
  );
}

function columnsFor(onRevoke: (id: string) => void): readonly Column<ApiToken>[] {
  return [
    { key: 'name', head: 'Token', cell: ({ name }) => <Inert text={name} /> },
    { key: 'of', head: 'Account', cell: ({ account }) => <Inert text={account} /> },
    { key: 'scopes', head: 'May', cell: ({ scopes }) => scopes.join(', ') },
    { key: 'until', head: 'Until', cell: ({ expiresAt }) => <At at={expiresAt} /> },
    { key: 'seen', head: 'Last used', cell: ({ usedAt }) => <Ago at={usedAt} /> },
    {
      key: 'acts',
      head: 'Actions',
      cell: ({ id, name, revokedAt }) =>
        revokedAt === null ? (
          <Button className="button" aria-label={`Revoke ${name}`} onPress={() => onRevoke(id)}>
            Revoke
          </Button>
        ) : (
          <span className="faint">revoked</span>
        ),
    },
  ];
}

function NewToken(props: { readonly onMake: (wanted: Parameters<typeof makeApiToken>[0]) => void }) {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly Right[]>(['read']);
  const [days, setDays] = useState('90');
  const send = (event: FormEvent) => {
    event.preventDefault();
    const expiresAt = instant(Date.now() + Number(days) * DAY);
    props.onMake({ name: name.trim(), scopes: [...scopes], expiresAt });
    setName('');
  };
  return (
    <form className="form-row" onSubmit={send}>
      <input
        className="input"
        aria-label="Name of the new token"
        placeholder="What it is for"
        maxLength={100}
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <fieldset className="form-row scopes">
        <legend className="hidden">What it may do</legend>
        {RIGHTS.map((right) => (
          <label key={right}>
            <input
              type="checkbox"
              checked={scopes.includes(right)}
              onChange={({ target }) =>
                setScopes(target.checked ? [...scopes, right] : scopes.filter((each) => each !== right))
              }
            />{' '}
            {right}
          </label>
        ))}
      </fieldset>
      <FilterSelect label="Good for" value={days} options={LIFES} onChange={setDays} />
      <Button type="submit" className="button" isDisabled={name.trim() === '' || scopes.length === 0}>
        Make a token
      </Button>
    </form>
  );
}
