import type { Finding } from '../../../shared/finding.ts';
import { type Column, DataTable } from './data-table.tsx';
import { Inert } from './inert.tsx';
import { OutcomeMark, SeverityMark } from './marks.tsx';
import { ContractorLink } from './names.tsx';
import { RowLink } from './row-link.tsx';
import { Ago, EndText, Length } from './time.tsx';

/** Findings as dense rows; with `labels` they say whom they concern. */
export function FindingsTable(props: {
  readonly findings: readonly Finding[];
  readonly labels?: ReadonlyMap<string, string>;
}) {
  const { findings, labels } = props;
  const columns = labels
    ? [SEVERITY, FINDING, contractorsColumn(labels), SINCE, LENGTH, OUTCOME]
    : [SEVERITY, FINDING, SINCE, LENGTH, OUTCOME];
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

const SINCE: Column<Finding> = { key: 'since', head: 'Since', cell: ({ from }) => <Ago at={from} /> };

const LENGTH: Column<Finding> = {
  key: 'length',
  head: 'Duration',
  cell: ({ from, to }) => (
    <>
      <Length from={from} to={to} />
      <span className="faint"> · </span>
      <EndText to={to} />
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
