import '../styles/data-held.css';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'react-aria-components/Button';
import type { DataHeld, Erasure } from '../../../shared/api/data-held.ts';
import type { Hold } from '../../../shared/api/holds.ts';
import { heldApi, heldQuery } from '../data/held-api.ts';
import { useRights } from '../data/use-rights.ts';
import { Inert } from './inert.tsx';
import { Refusal } from './notice.tsx';
import { Section } from './page.tsx';
import { ReasonDialog } from './reason-dialog.tsx';
import { Loaded } from './states.tsx';
import { At } from './time.tsx';

const CLASS_WORDS: Readonly<Record<DataHeld['classes'][number]['class'], string>> = {
  evidence: 'Sealed evidence',
  spans: 'Observations',
  findings: 'Findings',
  cases: 'Cases',
  actions: 'Action log',
  declarations: 'Declarations',
};

/** For whoever answers requests about a person: what is held and how long, holds, the report, and erasure by two people. */
export function DataHeldSection({ id }: { readonly id: string }) {
  const { may } = useRights();
  return may('audit') ? <Shown id={id} /> : null;
}

function Shown({ id }: { readonly id: string }) {
  const query = useQuery(heldQuery(id));
  const { may } = useRights();
  return (
    <Section title="Data held">
      <Loaded query={query}>
        {(held) => (
          <div className="data-held">
            {held.erasedAt !== null && (
              <p>
                Everything about this person was erased <At at={held.erasedAt} />. What came since is below.
              </p>
            )}
            <Classes held={held} />
            <p className="data-held-row">
              <a className="button" href={heldApi.reportHref(id)} download>
                Download report
              </a>
              <span className="faint">
                Everything held, in words, to hand over. The download is on the action log.
              </span>
            </p>
            {held.holds.map((hold) => (
              <HoldRow key={hold.id} hold={hold} id={id} />
            ))}
            {may('administer') && <Actions id={id} held={held} />}
          </div>
        )}
      </Loaded>
    </Section>
  );
}

function Classes({ held: { classes } }: { readonly held: DataHeld }) {
  return (
    <table className="table data-held-table">
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col" className="amount">
            Rows
          </th>
          <th scope="col">Oldest</th>
          <th scope="col">Kept</th>
        </tr>
      </thead>
      <tbody>
        {classes.map((one) => (
          <tr key={one.class}>
            <th scope="row">{CLASS_WORDS[one.class]}</th>
            <td className="amount">{one.rows.toLocaleString('en-US')}</td>
            <td>{one.oldest === null ? <span className="faint">none</span> : <At at={one.oldest} />}</td>
            <td>{one.keptDays === 'forever' ? 'forever' : `${one.keptDays} days`}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function HoldRow({ hold, id }: { readonly hold: Hold; readonly id: string }) {
  const { may, account } = useRights();
  const refresh = useRefresh(id);
  const mine = hold.releaseBy === account;
  return (
    <div className="data-held-row">
      <p>
        <strong>Legal hold</strong> {hold.scope === 'case' && 'on a case of theirs '}
        by <Inert text={hold.placedBy} /> <At at={hold.placedAt} />: <Inert text={hold.reason} />
        {hold.releaseBy !== null && (
          <>
            {' '}
            · <Inert text={hold.releaseBy} /> asked to release it
            {mine && '; another person has to agree'}
          </>
        )}
      </p>
      {may('administer') && !mine && (
        <ReasonDialog
          label={hold.releaseBy === null ? 'Ask to release' : 'Release'}
          title={hold.releaseBy === null ? 'Ask to release this hold' : 'Release this hold'}
          confirm={hold.releaseBy === null ? 'Ask' : 'Release'}
          act={async (reason) => {
            await heldApi.release(hold.id, reason);
            await refresh();
          }}
        >
          <p>
            {hold.releaseBy === null
              ? 'The hold stays until another administrator agrees.'
              : 'From then on, what is older than it is kept is purged with the next daily purge.'}
          </p>
        </ReasonDialog>
      )}
    </div>
  );
}

function Actions({ id, held: { holds, erasure } }: { readonly id: string; readonly held: DataHeld }) {
  const refresh = useRefresh(id);
  return (
    <div className="data-held-row">
      <ReasonDialog
        label="Place legal hold"
        title="Place a legal hold"
        confirm="Place hold"
        act={async (reason) => {
          await heldApi.hold(id, reason);
          await refresh();
        }}
      >
        <p>Nothing about this person is purged or erased until two people have released the hold.</p>
      </ReasonDialog>
      {holds.length === 0 && <Erase id={id} erasure={erasure} />}
      {holds.length > 0 && <span className="faint">Nothing can be erased while a hold is in force.</span>}
    </div>
  );
}

function Erase({ id, erasure }: { readonly id: string; readonly erasure: Erasure | null }) {
  const { account } = useRights();
  const refresh = useRefresh(id);
  const back = useMutation({ mutationFn: () => heldApi.withdraw(id), onSuccess: refresh });
  if (erasure?.approvedBy) return <p role="status">Being erased, as two people agreed…</p>;
  const mine = erasure?.requestedBy === account;
  return (
    <>
      {!mine && (
        <ReasonDialog
          label={erasure ? 'Agree to erasure' : 'Ask for erasure'}
          title={erasure ? 'Erase this person now' : 'Ask to erase this person'}
          confirm={erasure ? 'Erase' : 'Ask'}
          danger
          act={async (reason) => {
            await heldApi.erase(id, reason);
            await refresh();
          }}
        >
          <p>
            Name, declarations, observations, and findings and cases about nobody else are removed, with the
            content of sealed evidence. Their machines and enrollment tokens are revoked. Seals and signed
            tombstones stay, so that audit packs verify.
          </p>
          <p>
            What concerns others too stays, and so do exceptions and the action log. Packs and backups that
            were made before are not changed.
          </p>
          <p>
            {erasure
              ? 'It begins when you confirm, and cannot be undone.'
              : 'Nothing happens until another administrator agrees.'}
          </p>
        </ReasonDialog>
      )}
      {erasure && (
        <>
          <span>
            <Inert text={erasure.requestedBy} /> asked for erasure <At at={erasure.requestedAt} />:{' '}
            <Inert text={erasure.reason} />
            {mine && ' · another administrator has to agree'}
          </span>
          <Button className="button" onPress={() => back.mutate()} isDisabled={back.isPending}>
            Withdraw
          </Button>
          <Refusal error={back.error} />
        </>
      )}
    </>
  );
}

function useRefresh(id: string): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ['contractor', id] });
}
