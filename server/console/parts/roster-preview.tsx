import type { ReactNode } from 'react';
import type { RosterPreview } from '../../../shared/api/roster.ts';
import { declarationLines, declarationSummary } from '../text/declaration-text.ts';
import { plural } from '../text/labels.ts';
import { Inert } from './inert.tsx';

/** What an import would do, sort by sort; or what is wrong with the file, row by row. */
export function RosterPreviewView({ preview }: { readonly preview: RosterPreview }) {
  const { problems, added, changed, unchanged, missing, bound } = preview;
  if (preview.plan === null) return <Problems problems={problems} />;
  return (
    <div className="roster-preview">
      <p role="status">
        {plural(added.count, 'contractor')} added, {changed.count} changed, {unchanged.count} unchanged;{' '}
        {plural(bound.count, 'endpoint')} bound anew; {missing.count} not in the file. Nothing is imported
        yet.
      </p>
      <Group title="Added" list={added} open>
        {({ id, after }) => (
          <li key={id}>
            <Name id={id} label={after.label} />{' '}
            <span className="faint">
              {after.declaration ? declarationSummary(after.declaration) : 'declares nothing'}
            </span>
          </li>
        )}
      </Group>
      <Group title="Changed" list={changed} open>
        {(change) => (
          <li key={change.id}>
            <Name id={change.id} label={change.after.label} />
            <Differences change={change} />
          </li>
        )}
      </Group>
      <Group title="Endpoints bound anew" list={bound} open>
        {({ endpoint, from, to }) => (
          <li key={endpoint}>
            <Inert text={endpoint} />: <s>{from}</s> → <b>{to}</b>
          </li>
        )}
      </Group>
      <Group title="Not in the file: they stay as they are" list={missing}>
        {({ id, label }) => (
          <li key={id}>
            <Name id={id} label={label} />
          </li>
        )}
      </Group>
      <Group title="Unchanged" list={unchanged}>
        {({ id, label }) => (
          <li key={id}>
            <Name id={id} label={label} />
          </li>
        )}
      </Group>
    </div>
  );
}

function Problems({ problems }: { readonly problems: RosterPreview['problems'] }) {
  return (
    <div role="alert">
      <p className="notice notice-warn">
        <strong>{plural(problems.count, 'problem')}; nothing can be imported.</strong> Correct the file and
        choose it again.
      </p>
      <table className="plain-table roster-problems" aria-label="Problems of the file">
        <thead>
          <tr>
            <th scope="col">Row</th>
            <th scope="col">Column</th>
            <th scope="col">Problem</th>
          </tr>
        </thead>
        <tbody>
          {problems.shown.map(({ row, column, reason }) => (
            <tr key={`${row} ${column} ${reason}`}>
              <td>{row ?? 'file'}</td>
              <td>{column && <Inert text={column} />}</td>
              <td>
                <Inert text={reason} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <More list={problems} />
    </div>
  );
}

interface List<T> {
  readonly count: number;
  readonly shown: readonly T[];
}

function Group<T>(props: {
  readonly title: string;
  readonly list: List<T>;
  readonly open?: boolean;
  readonly children: (item: T) => ReactNode;
}) {
  const { title, list, open = false, children } = props;
  if (list.count === 0) return null;
  return (
    <details open={open}>
      <summary>
        {title} <span className="faint">{list.count.toLocaleString('en-US')}</span>
      </summary>
      <ul>{list.shown.map(children)}</ul>
      <More list={list} />
    </details>
  );
}

function More({ list }: { readonly list: List<unknown> }) {
  const more = list.count - list.shown.length;
  return more > 0 && <p className="faint">and {more.toLocaleString('en-US')} more</p>;
}

function Name({ id, label }: { readonly id: string; readonly label: string | null }) {
  return (
    <>
      <Inert text={label ?? id} /> {label !== null && <span className="faint">{id}</span>}
    </>
  );
}

/** Field by field, what it was and what it would be. */
function Differences({ change }: { readonly change: RosterPreview['changed']['shown'][number] }) {
  const before = linesOf(change.before);
  const after = linesOf(change.after);
  return (
    <dl className="differences">
      {after.map(({ label, value }, index) => {
        const was = before[index]?.value;
        if (was === value) return null;
        return (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <Value text={was} none={NONE[label]} struck /> → <Value text={value} none={NONE[label]} />
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function linesOf({ label, declaration }: RosterPreview['changed']['shown'][number]['after']) {
  return [{ label: 'Label', value: label ?? undefined }, ...declarationLines(declaration)];
}

const NONE: Readonly<Record<string, string>> = { Label: 'none' };

function Value(props: {
  readonly text: string | undefined;
  readonly none: string | undefined;
  readonly struck?: boolean;
}) {
  const { text, none = 'not declared', struck = false } = props;
  if (text === undefined) return <span className="missing">{none}</span>;
  return struck ? (
    <s>
      <Inert text={text} />
    </s>
  ) : (
    <b>
      <Inert text={text} />
    </b>
  );
}
