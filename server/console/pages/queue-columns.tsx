import type { FindingRow } from '../../../shared/api/findings.ts';
import type { Column } from '../parts/data-table.tsx';
import { Inert } from '../parts/inert.tsx';
import { OutcomeMark, SeverityMark } from '../parts/marks.tsx';
import { ContractorLink } from '../parts/names.tsx';
import { RowLink } from '../parts/row-link.tsx';
import { Ago, EndText } from '../parts/time.tsx';
import { Assignee, TriageMark } from '../parts/triage-mark.tsx';

export interface Selection {
  readonly selected: ReadonlySet<string>;
  readonly toggle: (id: string, ranged: boolean) => void;
}

/** Names beyond these are counted. */
const MOST_NAMES = 2;

export function queueColumns(options: {
  readonly labels: ReadonlyMap<string, string>;
  readonly outcomes: boolean;
  /** Absent for who may not triage. */
  readonly selection?: Selection;
}): readonly Column<FindingRow>[] {
  const { labels, outcomes, selection } = options;
  return [
    ...(selection ? [selectColumn(selection)] : []),
    { key: 'severity', head: 'Severity', cell: ({ severity }) => <SeverityMark severity={severity} /> },
    {
      key: 'finding',
      head: 'Finding',
      cell: ({ id, title, reason, rule }) => (
        <>
          <RowLink href={`/findings/${encodeURIComponent(id)}`}>{title}</RowLink>
          <span className="reason">
            <code className="rule-id">{rule}</code> <Inert text={reason} />
          </span>
        </>
      ),
    },
    {
      key: 'contractors',
      head: 'Contractors',
      cell: ({ contractors }) => (
        <span className="names">
          {contractors.slice(0, MOST_NAMES).map((id) => (
            <ContractorLink key={id} id={id} label={labels.get(id) ?? null} />
          ))}
          {contractors.length > MOST_NAMES && (
            <span className="faint">+{contractors.length - MOST_NAMES}</span>
          )}
        </span>
      ),
    },
    {
      key: 'risk',
      head: 'Risk',
      numeric: true,
      cell: ({ risk }) => <span title="As of the last change">{Math.round(risk)}</span>,
    },
    {
      key: 'age',
      head: 'Found',
      cell: ({ foundAt, to, outcome }) => (
        <>
          <Ago at={foundAt} />
          {outcome !== 'retracted' && (
            <span className="until">
              <EndText to={to} />
            </span>
          )}
        </>
      ),
    },
    {
      key: 'work',
      head: 'Status',
      cell: ({ triage, outcome }) => (
        <>
          <TriageMark triage={triage} />
          {outcomes && outcome !== 'open' && <OutcomeMark outcome={outcome} />}
        </>
      ),
    },
    { key: 'assignee', head: 'Assignee', cell: ({ triage }) => <Assignee triage={triage} /> },
  ];
}

function selectColumn({ selected, toggle }: Selection): Column<FindingRow> {
  return {
    key: 'select',
    head: '',
    cell: ({ id, title }) => (
      <input
        type="checkbox"
        className="check"
        aria-label={`Select ${title}`}
        checked={selected.has(id)}
        onChange={(event) =>
          toggle(id, event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey)
        }
      />
    ),
  };
}
