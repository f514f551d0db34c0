import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { ROLES, type Role } from '../../../../shared/account.ts';
import type { Account } from '../../../../shared/api/account.ts';
import { accountsQuery, changeAccount, makeAccount, makeLink } from '../../data/admin.ts';
import { sessionQuery } from '../../data/queries.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { FilterSelect } from '../../parts/filter-select.tsx';
import { Inert } from '../../parts/inert.tsx';
import { Section } from '../../parts/page.tsx';
import { ShownOnce } from '../../parts/shown-once.tsx';
import { Loaded } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { failureText } from '../../text/failure-text.ts';
import { ROLE_MEANINGS } from '../../text/role-text.ts';
import { AdminFrame } from './admin-frame.tsx';
import { ApiTokens } from './api-tokens.tsx';

const ROLE_OPTIONS = ROLES.map((role) => ({ id: role, label: role }));

/** Who may sign in as what, and which programs may ask the API. */
export function AdminAccountsPage() {
  return (
    <AdminFrame right="administer">
      <Accounts />
      <ApiTokens />
    </AdminFrame>
  );
}

function Accounts() {
  const accounts = useQuery(accountsQuery);
  const { data: session } = useQuery(sessionQuery);
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: accountsQuery.queryKey });
  const change = useMutation({ mutationFn: changeAccount, onSettled });
  const link = useMutation({ mutationFn: makeLink, onSettled });
  const error = change.error ?? link.error;
  return (
    <Section title="Accounts">
      <NewAccount onMade={(name) => link.mutate(name)} />
      {error !== null && <Refused error={error} />}
      {link.data && (
        <ShownOnce
          label={`One-time link for ${link.variables}`}
          secret={link.data.url}
          note="It signs in once, within 30 minutes, and is not shown again. Hand it over where only this person reads it."
          onDone={link.reset}
        />
      )}
      <Loaded query={accounts}>
        {({ accounts: all }) => (
          <DataTable
            label="Accounts"
            name="accounts"
            rows={all}
            rowKey={({ name }) => name}
            columns={columnsFor({
              me: session?.account,
              onRole: ({ name, version }, role) => change.mutate({ name, version, role }),
              onDisabled: ({ name, version, disabledAt }) =>
                change.mutate({ name, version, disabled: disabledAt === null }),
              onLink: ({ name }) => link.mutate(name),
            })}
          />
        )}
      </Loaded>
    </Section>
  );
}

interface Acts {
  readonly me: string | undefined;
  readonly onRole: (account: Account, role: Role) => void;
  readonly onDisabled: (account: Account) => void;
  readonly onLink: (account: Account) => void;
}

function columnsFor({ me, onRole, onDisabled, onLink }: Acts): readonly Column<Account>[] {
  return [
    {
      key: 'name',
      head: 'Account',
      cell: ({ name }) => (
        <>
          <Inert text={name} /> {name === me && <span className="faint">you</span>}
        </>
      ),
    },
    {
      key: 'role',
      head: 'Role',
      cell: (account) => (
        <span title={ROLE_MEANINGS[account.role]}>
          <FilterSelect
            label="Role"
            value={account.role}
            options={ROLE_OPTIONS}
            onChange={(id) => {
              const role = ROLES.find((each) => each === id);
              if (role && role !== account.role) onRole(account, role);
            }}
          />
        </span>
      ),
    },
    {
      key: 'state',
      head: 'State',
      cell: ({ disabledAt }) => (disabledAt === null ? 'may sign in' : <b>disabled</b>),
    },
    { key: 'seen', head: 'Last sign-in', cell: ({ lastSignInAt }) => <Ago at={lastSignInAt} /> },
    {
      key: 'acts',
      head: 'Actions',
      cell: (account) => (
        <span className="form-row">
          <Button
            className="button"
            isDisabled={account.disabledAt !== null}
            aria-label={`Make a link for ${account.name}`}
            onPress={() => onLink(account)}
          >
            Make a link
          </Button>
          <Button
            className="button"
            aria-label={`${account.disabledAt === null ? 'Disable' : 'Enable'} ${account.name}`}
            onPress={() => onDisabled(account)}
          >
            {account.disabledAt === null ? 'Disable' : 'Enable'}
          </Button>
        </span>
      ),
    },
  ];
}

function NewAccount({ onMade }: { readonly onMade: (name: string) => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('analyst');
  const make = useMutation({
    mutationFn: makeAccount,
    onSuccess: (made) => {
      setName('');
      onMade(made.name);
    },
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    make.mutate({ name: name.trim(), role });
  };
  return (
    <>
      <form className="form-row" onSubmit={send}>
        <input
          className="input"
          aria-label="Name of the new account"
          placeholder="Name, such as ben@example.com"
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
        <FilterSelect
          label="Role"
          value={role}
          options={ROLE_OPTIONS}
          onChange={(id) => setRole(ROLES.find((each) => each === id) ?? role)}
        />
        <Button type="submit" className="button" isDisabled={make.isPending || name.trim() === ''}>
          Add the account
        </Button>
        <span className="faint">{ROLE_MEANINGS[role]}</span>
      </form>
      {make.error !== null && <Refused error={make.error} />}
    </>
  );
}

function Refused({ error }: { readonly error: unknown }) {
  const { title, detail } = failureText(error);
  return (
    <p className="notice notice-warn" role="alert">
      <strong>{title}</strong> {detail}
    </p>
  );
}
