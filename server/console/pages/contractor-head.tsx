import { Link } from 'wouter';
import type { ContractorDetail } from '../../../shared/api.ts';
import { type Finding, SEVERITIES } from '../../../shared/finding.ts';
import { instant, MINUTE } from '../../../shared/time.ts';
import { Inert } from '../parts/inert.tsx';
import { SeverityMark } from '../parts/marks.tsx';
import { Term } from '../parts/term.tsx';
import { Seen, useNow } from '../parts/time.tsx';
import { declarationSummary } from '../text/declaration-text.ts';
import { plural } from '../text/labels.ts';
import { dateTime, sameAsReader } from '../text/time-text.ts';

/** Who, what was declared in one line, both clocks, and whether they are there. */
export function Meta({ detail: { contractor } }: { readonly detail: ContractorDetail }) {
  const { id, label, online, endpoints, lastSeenAt, declaration } = contractor;
  return (
    <>
      <p className="meta">
        {label && <Inert text={id} />}
        {declaration ? (
          <span>
            declared: <Inert text={declarationSummary(declaration) || 'nothing'} />
          </span>
        ) : (
          <span className="missing">declared nothing</span>
        )}
      </p>
      <p className="meta">
        <Clocks timezone={declaration?.timezone} />
        <span className={`presence presence-${online > 0 ? 'online' : 'offline'}`}>
          {online} of {plural(endpoints, 'endpoint')} online
        </span>
        <span>
          last seen <Seen at={lastSeenAt} online={online > 0} />
        </span>
      </p>
    </>
  );
}

function Clocks({ timezone }: { readonly timezone: string | undefined }) {
  const now = instant(useNow(MINUTE));
  const isSame = timezone === undefined || sameAsReader(timezone, now);
  return (
    <span>
      {dateTime(now)} yours{timezone !== undefined && isSame && ', theirs is the same'}
      {timezone !== undefined && !isSame && (
        <>
          {' · '}
          <strong>{dateTime(now, timezone)}</strong> theirs
        </>
      )}
    </span>
  );
}

export function RiskNumber({ detail: { risk } }: { readonly detail: ContractorDetail }) {
  return (
    <Term of="risk:sum">
      <span className={`risk-number risk-${levelOf(risk.total)}`}>
        <span className="faint">Risk</span> {risk.total}
      </span>
    </Term>
  );
}

/** As findings of these severities weigh. */
function levelOf(total: number): 'none' | 'medium' | 'high' | 'critical' {
  if (total >= 100) return 'critical';
  if (total >= 40) return 'high';
  return total > 0 ? 'medium' : 'none';
}

/** The worst open finding in a sentence, and what else there is. */
export function Contradiction({ detail: { findings } }: { readonly detail: ContractorDetail }) {
  const open = findings.filter(({ outcome }) => outcome === 'open');
  const worst = worstOf(open);
  if (!worst)
    return <p className="contradiction contradiction-none">Nothing observed contradicts the declaration.</p>;
  return (
    <p className={`contradiction contradiction-${worst.severity}`}>
      <SeverityMark severity={worst.severity} />{' '}
      <Link href={`/findings/${encodeURIComponent(worst.id)}`} className="contradiction-title">
        {worst.title}
      </Link>
      <span className="contradiction-reason">
        Contradicts: <Inert text={worst.reason} />
      </span>
      <span className="faint">
        {plural(open.length, 'open finding')} · this one rests on {plural(worst.spans.length, 'span')}
        {worst.to === null ? ' and goes on' : ''}
      </span>
    </p>
  );
}

function worstOf(findings: readonly Finding[]): Finding | undefined {
  return findings.toSorted(
    (a, b) =>
      SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || (a.updatedAt < b.updatedAt ? 1 : -1),
  )[0];
}
