import type { FindingRow } from '../../../shared/api/findings.ts';
import type { Column } from '../parts/data-table.tsx';
import { Inert } from '../parts/inert.tsx';
import { OutcomeMark, SeverityMark } from '../parts/marks.tsx';
import { ContractorLink } from '../parts/names.tsx';
import { RowLink } from '../parts/row-link.tsx';
import { Ago, EndText } from '../parts/time.tsx';
import { Assignee, TriageMark } from '../parts/triage-mark.tsx';
import { type Selection, useSelected } from './selection.ts';

/** Names beyond these are counted. */
const MOST_NAMES = 2;

export function queueColumns(options: {
  readonly labelOf: (id: string) => string | null;
  readonly outcomes: boolean;
  /** Absent for who may not triage. */
  readonly selection?: Selection;
}): readonly Column<FindingRow>[] {
  const { labelOf, outcomes, selection } = options;
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
            <ContractorLink key={id} id={id} label={labelOf(id)} />
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

function selectColumn(selection: Selection): Column<FindingRow> {
  return {
    key: 'select',
    head: 'Select',
    cell: (row) => <SelectBox id={row.id} title={row.title} selection={selection} />,
  };
}

function SelectBox(props: { readonly id: string; readonly title: string; readonly selection: Selection }) {
  const { id, title, selection } = props;
  const checked = useSelected(selection, id);
  return (
    <input
      type="checkbox"
      className="check"
      aria-label={`Select ${title}`}
      checked={checked}
      onChange={({ nativeEvent }) =>
        selection.toggle(id, nativeEvent instanceof MouseEvent && nativeEvent.shiftKey)
      }
    />
  );
}
