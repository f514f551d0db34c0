import type { EndpointGaps, LedgerRow, SilenceView, Surroundings } from '../../../shared/api.ts';
import { GAP_LABELS, plural, SILENCE_LABELS } from '../text/labels.ts';
import { lengthText } from '../text/time-text.ts';
import { Inert } from './inert.tsx';
import { SpanList } from './span-list.tsx';
import { Term } from './term.tsx';
import { At, Length, Range } from './time.tsx';

/** The gap ledger of one endpoint: when, what, how much, and what was happening around it. */
export function GapTable({ gaps }: Pick<EndpointGaps, 'gaps'>) {
  if (gaps.length === 0) return <p className="faint">No observation is missing.</p>;
  return (
    <table className="table ledger" aria-label="Gap ledger">
      <thead>
        <tr>
          <th scope="col" className="col-when">
            Noticed
          </th>
          <th scope="col">Cause</th>
          <th scope="col" className="col-missing numeric">
            Missing
          </th>
          <th scope="col" className="col-around">
            Around it
          </th>
        </tr>
      </thead>
      <tbody>
        {gaps.map(({ gap, around }) => (
          <tr key={gap.id}>
            <td>
              <At at={gap.at} />
            </td>
            <td>
              <span className="ledger-cause">
                <Term of={`gap:${gap.cause}`}>{causeText(gap.cause)}</Term>
              </span>
              <Detail gap={gap} />
            </td>
            <td className="cell-missing numeric">
              <Missing gap={gap} />
            </td>
            <td>
              <Around around={around} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** When nothing was heard of an endpoint, and why. */
export function SilenceTable({ silences }: { readonly silences: readonly SilenceView[] }) {
  if (silences.length === 0) return <p className="faint">It was heard of all the time.</p>;
  return (
    <table className="table ledger" aria-label="Silences">
      <thead>
        <tr>
          <th scope="col" className="col-range">
            From and to
          </th>
          <th scope="col" className="col-length">
            Length
          </th>
          <th scope="col">What it did</th>
        </tr>
      </thead>
      <tbody>
        {silences.map((silence) => (
          <tr key={silence.from}>
            <td>
              <Range from={silence.from} to={silence.to} />
            </td>
            <td>
              <Length from={silence.from} to={silence.to} />
            </td>
            <td>
              <span className={silence.why === 'agent-stopped' ? 'ledger-grave' : ''}>
                <Term of={`silence:${silence.why}`}>{SILENCE_LABELS[silence.why]}</Term>
              </span>
              {silence.parts.length > 1 && (
                <ul className="ledger-parts">
                  {silence.parts.map((part) => (
                    <li key={part.from}>
                      {SILENCE_LABELS[part.why]} <Length from={part.from} to={part.to} />
                    </li>
                  ))}
                </ul>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Detail({ gap: { boots = [], addresses = [], stepMs, kinds = {} } }: { readonly gap: LedgerRow }) {
  const lines = [
    addresses.length > 0 && `Addresses ${addresses.join(' and ')}`,
    boots.length > 0 && `Boots ${boots.map((boot) => boot.slice(0, 8)).join(' and ')}`,
    stepMs !== undefined && `${lengthText(Math.abs(stepMs))} ${stepMs > 0 ? 'forward' : 'back'}`,
    ...Object.entries(kinds).map(([kind, count]) => `${count} × ${kind}`),
  ];
  return lines
    .filter((line) => line !== false)
    .map((line) => (
      <span key={line} className="ledger-detail">
        <Inert text={line} />
      </span>
    ));
}

function Missing({ gap: { missing, first, last, epoch, cause } }: { readonly gap: LedgerRow }) {
  if (missing === 0) return <span className="faint">{cause === 'unknown' ? 'not known' : 'none'}</span>;
  return (
    <>
      {missing.toLocaleString('en-US')}
      <span className="ledger-detail mono">
        #{first}–{last} of {epoch.slice(0, 8)}
      </span>
    </>
  );
}

function Around({
  around: { open, before, after, bootBefore, bootAfter },
}: {
  readonly around: Surroundings;
}) {
  const rebooted = bootBefore !== null && bootAfter !== null && bootBefore !== bootAfter;
  return (
    <>
      <span>
        {before === null ? (
          'Never connected before'
        ) : before.to === null ? (
          'Connected since then'
        ) : (
          <>
            Connected until <At at={before.to} />
          </>
        )}
        {after !== null && (
          <>
            , again <At at={after.from} />
          </>
        )}
      </span>
      {rebooted && <span className="ledger-detail">The machine booted anew after it.</span>}
      {open.length > 0 && (
        <details>
          <summary>{plural(open.length, 'fact')} true at that moment</summary>
          <SpanList spans={open} />
        </details>
      )}
    </>
  );
}

function causeText(cause: string): string {
  return new Map<string, string>(Object.entries(GAP_LABELS)).get(cause) ?? cause;
}
