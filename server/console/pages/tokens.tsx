import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { NewTokenRequest, TokenRow } from '../../../shared/api/tokens.ts';
import { fleetApi } from '../data/fleet-api.ts';
import { tokensQuery } from '../data/fleet-queries.ts';
import { useLabels } from '../data/use-labels.ts';
import { useRights } from '../data/use-rights.ts';
import { ContractorCombo } from '../parts/contractor-combo.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Inert } from '../parts/inert.tsx';
import { MadeTokenCard } from '../parts/made-token.tsx';
import { ContractorLink } from '../parts/names.tsx';
import { Refusal } from '../parts/notice.tsx';
import { PageHead, Section } from '../parts/page.tsx';
import { Empty, Loaded } from '../parts/states.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { Ago, At, useNow } from '../parts/time.tsx';
import { ENDPOINT_TABS } from './endpoints.tsx';

/** Enrollment tokens: who may still enroll with what. */
export function TokensPage() {
  const { may } = useRights();
  return (
    <>
      <PageHead title="Enrollment tokens" aside={<Tabs label="Endpoints" tabs={ENDPOINT_TABS} />} />
      {may('administer') ? (
        <Tokens />
      ) : (
        <Empty title="Your role does not include enrollment tokens.">
          <p>An administrator can make one, or change roles.</p>
        </Empty>
      )}
    </>
  );
}

function Tokens() {
  const query = useQuery(tokensQuery);
  return (
    <>
      <Section title="New token">
        <NewToken />
      </Section>
      <Section title="Tokens" note={query.data?.tokens.length}>
        <Loaded query={query}>{({ tokens }) => <Rows tokens={tokens} />}</Loaded>
      </Section>
    </>
  );
}

const LIVES = [
  { hours: 24, label: 'one day' },
  { hours: 7 * 24, label: 'seven days' },
  { hours: 30 * 24, label: 'thirty days' },
];

function NewToken() {
  const id = useId();
  const [contractor, setContractor] = useState<string | null>(null);
  const [uses, setUses] = useState('1');
  const [hours, setHours] = useState(7 * 24);
  const making = useMutation({ mutationFn: (request: NewTokenRequest) => fleetApi.makeToken(request) });
  const count = Number(uses);
  const fits = Number.isInteger(count) && count >= 1 && count <= 100_000;
  if (making.data) return <MadeTokenCard token={making.data} done={making.reset} />;
  return (
    <form
      className="form token-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (fits) making.mutate({ uses: count, hours, ...(contractor === null ? {} : { contractor }) });
      }}
    >
      <div className="field">
        <span className="field-label">Contractor</span>
        <ContractorCombo
          label="Contractor"
          placeholder="Each machine its own"
          value={contractor}
          onChange={setContractor}
        />
        <span className="field-note">
          Without one, each machine becomes an undeclared contractor until a roster says whose it is.
        </span>
      </div>
      <div className="field">
        <label className="field-label" htmlFor={`${id}-uses`}>
          Machines
        </label>
        <input
          id={`${id}-uses`}
          className="input"
          inputMode="numeric"
          value={uses}
          aria-invalid={!fits}
          onChange={(event) => setUses(event.target.value)}
        />
        <span className="field-note">How many may enroll with it, 1 to 100,000.</span>
      </div>
      <div className="field">
        <label className="field-label" htmlFor={`${id}-hours`}>
          Good for
        </label>
        <select
          id={`${id}-hours`}
          className="input"
          value={hours}
          onChange={(event) => setHours(Number(event.target.value))}
        >
          {LIVES.map(({ hours: value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </div>
      <Refusal error={making.error} />
      <div className="form-row">
        <Button type="submit" className="button primary" isDisabled={!fits || making.isPending}>
          Make a token
        </Button>
      </div>
    </form>
  );
}

function Rows({ tokens }: { readonly tokens: readonly TokenRow[] }) {
  const now = useNow(60_000);
  const labels = useLabels(tokens.flatMap(({ contractor }) => contractor ?? []));
  const revoking = useMutation({ mutationFn: fleetApi.revokeToken });
  if (tokens.length === 0) return <p className="faint">Nobody made a token yet.</p>;
  const columns: readonly Column<TokenRow>[] = [
    { key: 'name', head: 'Token', cell: ({ id }) => <code>{id}</code> },
    {
      key: 'whom',
      head: 'Contractor',
      cell: ({ contractor }) =>
        contractor === null ? (
          <span className="faint">each its own</span>
        ) : (
          <ContractorLink id={contractor} label={labels.get(contractor) ?? null} />
        ),
    },
    { key: 'state', head: 'State', cell: (token) => stateOf(token, now) },
    { key: 'count', head: 'Uses left', numeric: true, cell: ({ usesLeft }) => usesLeft },
    { key: 'enrolled', head: 'Enrolled', numeric: true, cell: ({ enrolled }) => enrolled },
    { key: 'refused', head: 'Refused', numeric: true, cell: ({ refused }) => refused },
    { key: 'expires', head: 'Expires', cell: ({ expiresAt }) => <At at={expiresAt} /> },
    {
      key: 'by',
      head: 'Made',
      cell: ({ createdAt, createdBy }) => (
        <>
          <Ago at={createdAt} /> by <Inert text={createdBy} />
        </>
      ),
    },
    {
      key: 'act',
      head: '',
      cell: (token) =>
        stateOf(token, now) === 'good' && (
          <Button
            className="button small"
            aria-label={`Revoke token ${token.id}`}
            isDisabled={revoking.isPending}
            onPress={() => revoking.mutate(token.id)}
          >
            Revoke
          </Button>
        ),
    },
  ];
  return (
    <>
      <Refusal error={revoking.error} />
      <DataTable label="Tokens" name="tokens" columns={columns} rows={tokens} rowKey={({ id }) => id} />
      <p className="faint">Endpoints that came by a token stay enrolled when it is revoked.</p>
    </>
  );
}

function stateOf({ revokedAt, expiresAt, usesLeft }: TokenRow, now: number): string {
  if (revokedAt !== null) return 'revoked';
  if (Date.parse(expiresAt) <= now) return 'expired';
  return usesLeft < 1 ? 'used' : 'good';
}
