import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Link } from 'wouter';
import type { Export } from '../../../shared/api/exports.ts';
import { API_PREFIX } from '../../../shared/api.ts';
import { CodedError } from '../../../shared/errors.ts';
import type { PackScope } from '../../../shared/pack.ts';
import { DAY, instant } from '../../../shared/time.ts';
import { api } from '../data/api.ts';
import { exportsQuery } from '../data/queries.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Inert } from '../parts/inert.tsx';
import { PageHead, Section } from '../parts/page.tsx';
import { SchedulesSection } from '../parts/schedules-section.tsx';
import { Empty, Loaded } from '../parts/states.tsx';
import { At } from '../parts/time.tsx';
import { failureText } from '../text/failure-text.ts';

/** Signed packs of evidence for people who must not have to trust whoever runs the collector. */
export function AuditPage() {
  const query = useQuery(exportsQuery);
  return (
    <>
      <PageHead title="Audit packs">
        <p className="audit-lead">
          A pack holds sealed evidence, findings, decisions and the action log of a range of days. It is
          signed, and <code>farhand verify</code> checks it without this collector. Who did what here is on
          the <Link href="/admin/actions">action log</Link>.
        </p>
      </PageHead>
      <Section title="New pack">
        <NewPack />
      </Section>
      <SchedulesSection />
      <Section title="Packs">
        <Loaded query={query}>
          {({ exports, fingerprint }) => (
            <>
              {exports.length === 0 ? (
                <Empty title="Nobody asked for a pack yet." />
              ) : (
                <DataTable
                  label="Audit packs"
                  name="exports"
                  columns={COLUMNS}
                  rows={exports}
                  rowKey={({ id }) => id}
                />
              )}
              <p className="audit-key">
                Key that signs: <code>{fingerprint}</code>
                <br />
                Note it down where nobody who runs this collector can change it, and give it to the auditor
                for <code>--key</code>.
              </p>
            </>
          )}
        </Loaded>
      </Section>
    </>
  );
}

const COLUMNS: readonly Column<Export>[] = [
  { key: 'range', head: 'Range', cell: ({ scope }) => `${scope.from.slice(0, 10)} – ${lastDayOf(scope)}` },
  { key: 'about', head: 'About', cell: ({ scope }) => <Inert text={aboutOf(scope)} /> },
  {
    key: 'state',
    head: 'State',
    cell: (one) => <span role={one.status === 'running' ? 'status' : undefined}>{stateOf(one)}</span>,
  },
  { key: 'size', head: 'Size', numeric: true, cell: ({ bytes }) => (bytes === null ? '' : sizeOf(bytes)) },
  { key: 'asked', head: 'Asked for', cell: ({ requestedAt }) => <At at={requestedAt} /> },
  { key: 'by', head: 'By', cell: ({ requestedBy }) => <Inert text={requestedBy} /> },
  {
    key: 'file',
    head: 'Files',
    cell: (one) => one.status === 'done' && <Files of={one} />,
  },
];

function Files({ of: { id, file } }: { readonly of: Export }) {
  const base = `${API_PREFIX}/exports/${encodeURIComponent(id)}`;
  const name = file ?? '';
  return (
    <span className="audit-files">
      <a href={`${base}/report`} target="_blank" rel="noreferrer" aria-label={`Report of ${name}`}>
        Report
      </a>
      <a href={`${base}/report.pdf`} target="_blank" rel="noreferrer" aria-label={`Report of ${name} as PDF`}>
        PDF
      </a>
      <a href={`${base}/file`} download aria-label={`Download ${name}`}>
        Pack
      </a>
    </span>
  );
}

function NewPack() {
  const client = useQueryClient();
  const [problem, setProblem] = useState<string>();
  const { mutate, error, isPending } = useMutation({
    mutationFn: api.askForExport,
    onSuccess: () => client.invalidateQueries({ queryKey: ['exports'] }),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const scope = scopeIn(new FormData(event.currentTarget));
    setProblem(scope ? undefined : 'Choose both days, the last one not before the first.');
    if (scope) mutate(scope);
  };
  const [first, last] = lastMonth();
  const told = problem ?? (error === null ? undefined : refusalOf(error));
  return (
    <form className="audit-form" onSubmit={submit}>
      <label>
        First day (UTC)
        <input className="input" type="date" name="from" defaultValue={first} required />
      </label>
      <label>
        Last day (UTC)
        <input className="input" type="date" name="last" defaultValue={last} required />
      </label>
      <label className="audit-ids">
        Contractors
        <input className="input" name="contractors" placeholder="Everybody, or ids such as ada, ben" />
      </label>
      <label className="audit-ids">
        Endpoints
        <input className="input" name="endpoints" placeholder="All of theirs, or ids" />
      </label>
      <label className="audit-check">
        <input type="checkbox" name="redact" /> Redact names, accounts, hosts and ends of addresses
      </label>
      <Button type="submit" className="button" isDisabled={isPending}>
        Make the pack
      </Button>
      {told !== undefined && (
        <p className="notice notice-warn" role="alert">
          {told}
        </p>
      )}
    </form>
  );
}

function refusalOf(error: Error): string {
  if (error instanceof CodedError && error.code === 'NOT_FOUND')
    return `There is no ${Object.entries(error.context).flat().join(' ')}.`;
  const { title, detail } = failureText(error);
  return `${title} ${detail}`;
}

function scopeIn(form: FormData): PackScope | undefined {
  const text = (name: string) => String(form.get(name) ?? '');
  const ids = (name: string) =>
    text(name)
      .split(/[\s,;]+/)
      .filter((id) => id !== '');
  const [from, last] = [Date.parse(text('from')), Date.parse(text('last'))];
  if (Number.isNaN(from) || Number.isNaN(last) || last < from) return undefined;
  return {
    ...{ from: instant(from), to: instant(last + DAY), cases: [] },
    ...{ contractors: ids('contractors'), endpoints: ids('endpoints'), redact: form.has('redact') },
  };
}

/** The thirty days before today. */
function lastMonth(): readonly [string, string] {
  const now = Date.now();
  return [instant(now - 30 * DAY).slice(0, 10), instant(now - DAY).slice(0, 10)];
}

function lastDayOf({ to }: PackScope): string {
  return instant(Date.parse(to) - 1).slice(0, 10);
}

function aboutOf({ contractors, endpoints, cases, redact }: PackScope): string {
  const named = [...contractors, ...endpoints, ...cases].join(', ');
  return `${named === '' ? 'Everybody' : named}${redact ? ', redacted' : ''}`;
}

function stateOf({ status, progress, records, failure }: Export): string {
  if (status === 'running')
    return progress
      ? `${progress.files} of ${progress.of} files, ${numbered(progress.records)} records`
      : 'Beginning';
  return status === 'done' ? `Done, ${numbered(records ?? 0)} records` : `Failed: ${failure ?? 'unknown'}`;
}

function numbered(value: number): string {
  return value.toLocaleString('en-US');
}

function sizeOf(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
