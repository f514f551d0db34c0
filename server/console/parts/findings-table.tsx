import type { Finding } from '../../../shared/finding.ts';
import { type Column, DataTable } from './data-table.tsx';
import { Inert } from './inert.tsx';
import { OutcomeMark, SeverityMark } from './marks.tsx';
import { ContractorLink } from './names.tsx';
import { RowLink } from './row-link.tsx';
import { Ago, EndText, Length } from './time.tsx';

/** Findings as dense rows; `labels` says whom they concern, `outcomes` whether they differ in their outcome. */
export function FindingsTable(props: {
  readonly findings: readonly Finding[];
  readonly labels?: ReadonlyMap<string, string>;
  readonly outcomes: boolean;
}) {
  const { findings, labels, outcomes } = props;
  const columns = [
    SEVERITY,
    FINDING,
    ...(labels ? [contractorsColumn(labels)] : []),
    SINCE,
    ...(outcomes ? [OUTCOME] : []),
  ];
  return (
    <DataTable label="Findings" name="findings" columns={columns} rows={findings} rowKey={({ id }) => id} />
  );
}

/** Names beyond these are counted. */
const MOST_NAMES = 2;

const SEVERITY: Column<Finding> = {
  key: 'severity',
  head: 'Severity',
  cell: ({ severity }) => <SeverityMark severity={severity} />,
};

const FINDING: Column<Finding> = {
  key: 'finding',
  head: 'Finding',
  cell: ({ id, title, reason }) => (
    <>
      <RowLink href={`/findings/${encodeURIComponent(id)}`}>{title}</RowLink>
      <Inert className="reason" text={reason} />
    </>
  ),
};

const SINCE: Column<Finding> = {
  key: 'since',
  head: 'Since',
  cell: ({ from, to, outcome }) => (
    <>
      <Ago at={from} />
      {outcome !== 'retracted' && (
        <span className="until">
          {to !== null && (
            <span className="faint">
              <Length from={from} to={to} /> ·{' '}
            </span>
          )}
          <EndText to={to} />
        </span>
      )}
    </>
  ),
};

const OUTCOME: Column<Finding> = {
  key: 'outcome',
  head: 'Outcome',
  cell: ({ outcome }) => <OutcomeMark outcome={outcome} />,
};

function contractorsColumn(labels: ReadonlyMap<string, string>): Column<Finding> {
  return {
    key: 'contractors',
    head: 'Contractors',
    cell: ({ contractors }) => (
      <span className="names">
        {contractors.slice(0, MOST_NAMES).map((id) => (
          <ContractorLink key={id} id={id} label={labels.get(id) ?? null} />
        ))}
        {contractors.length > MOST_NAMES && <span className="faint">+{contractors.length - MOST_NAMES}</span>}
      </span>
    ),
  };
}
