import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Button } from 'react-aria-components/Button';
import type { ActionRow } from '../../../../shared/api/action.ts';
import { type ActionFilter, actionsQuery, actionsVerdictQuery } from '../../data/admin.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Inert } from '../../parts/inert.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';
import { At } from '../../parts/time.tsx';
import { useParams } from '../../parts/use-params.ts';
import { changeLines } from '../../text/action-text.ts';
import { plural } from '../../text/labels.ts';
import { AdminFrame } from './admin-frame.tsx';

/** Who did what, and whether the log is whole. */
export function ActionLogPage() {
  return (
    <AdminFrame right="audit">
      <Verdict />
      <Log />
    </AdminFrame>
  );
}

function Verdict() {
  const verdict = useQuery(actionsVerdictQuery);
  return (
    <Loaded query={verdict} skeleton={<p className="notice">Recomputing the chain…</p>}>
      {(told) =>
        told.intact ? (
          <p className="notice" role="status">
            <strong>The chain is whole.</strong> {plural(told.count, 'row follows', 'rows follow')} each from
            the one before; the last is <span className="mono">{told.head.slice(0, 16)}…</span> A removed end
            shows only against a head that was noted elsewhere.
          </p>
        ) : (
          <p className="notice notice-warn" role="alert">
            <strong>The chain is broken at row {told.brokenAt}.</strong> Rows from there on were changed, or
            one was taken out. Keep the database as it is, and compare it with a backup.
          </p>
        )
      }
    </Loaded>
  );
}

const FILTERS = [
  { name: 'actor', label: 'By whom' },
  { name: 'action', label: 'What, such as roster' },
  { name: 'subject', label: 'On what' },
] as const;

function Log() {
  const { params, change } = useParams();
  const filter: ActionFilter = Object.fromEntries(
    FILTERS.flatMap(({ name }) => {
      const value = params.get(name)?.trim();
      return value ? [[name, value]] : [];
    }),
  );
  const actions = useInfiniteQuery(actionsQuery(filter));
  const rows = actions.data?.pages.flatMap((page) => page.actions);
  return (
    <>
      <search className="filters">
        {FILTERS.map(({ name, label }) => (
          <SearchBox
            key={name}
            label={label}
            value={params.get(name) ?? ''}
            onChange={(value) => change(name, value)}
          />
        ))}
      </search>
      <Loaded query={{ ...actions, data: rows }}>
        {(loaded) =>
          loaded.length === 0 ? (
            <Empty title="No action fits these filters." />
          ) : (
            <DataTable
              label="Action log"
              name="actions"
              columns={COLUMNS}
              rows={loaded}
              rowKey={({ id }) => String(id)}
            />
          )
        }
      </Loaded>
      {actions.hasNextPage && (
        <Button
          className="button more"
          isDisabled={actions.isFetchingNextPage}
          onPress={() => void actions.fetchNextPage()}
        >
          {actions.isFetchingNextPage ? 'Loading…' : 'Load older actions'}
        </Button>
      )}
    </>
  );
}

const COLUMNS: readonly Column<ActionRow>[] = [
  { key: 'when', head: 'When', cell: ({ at }) => <At at={at} /> },
  {
    key: 'actor',
    head: 'Who',
    cell: ({ actor, source }) => (
      <>
        {actor === '' ? <span className="missing">nobody known</span> : <Inert text={actor} />}{' '}
        <span className="faint">
          <Inert text={source} />
        </span>
      </>
    ),
  },
  { key: 'action', head: 'What', cell: ({ action }) => <Inert text={action} className="mono" /> },
  { key: 'subject', head: 'On', cell: ({ subject }) => <Inert text={subject} /> },
  { key: 'detail', head: 'How', cell: ({ detail }) => <Detail detail={detail} /> },
];

/** What was different before and after; the rest as it stands on the log. */
function Detail({ detail }: { readonly detail: ActionRow['detail'] }) {
  return (
    <dl className="action-detail">
      {changeLines(detail).map(({ label, before, after }) => (
        <div key={label}>
          <dt>
            <Inert text={label} />
          </dt>
          <dd>
            {before !== undefined && (
              <>
                <s>
                  <Inert text={before} />
                </s>{' '}
                →{' '}
              </>
            )}
            <Inert text={after} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
