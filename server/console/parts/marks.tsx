import { type Outcome, SEVERITIES, type Severity } from '../../../shared/finding.ts';
import { OUTCOME_LABELS, OUTCOME_MEANINGS, SEVERITY_LABELS } from '../text/labels.ts';
import { SeverityShape } from './icon.tsx';

export function SeverityMark({ severity }: { readonly severity: Severity }) {
  return (
    <span className={`severity severity-${severity}`}>
      <SeverityShape severity={severity} />
      {SEVERITY_LABELS[severity]}
    </span>
  );
}

/** Open findings by severity, worst first; nothing where there are none. */
export function SeverityCounts({ counts }: { readonly counts: Readonly<Partial<Record<Severity, number>>> }) {
  const some = SEVERITIES.toReversed().filter((severity) => (counts[severity] ?? 0) > 0);
  if (some.length === 0) return <span className="faint">none</span>;
  return (
    <span className="severity-counts">
      {some.map((severity) => (
        <span key={severity} className={`severity severity-${severity}`} title={SEVERITY_LABELS[severity]}>
          <SeverityShape severity={severity} />
          {counts[severity]}
          <span className="hidden"> {SEVERITY_LABELS[severity]}</span>
        </span>
      ))}
    </span>
  );
}

export function OutcomeMark({ outcome }: { readonly outcome: Outcome }) {
  return (
    <span className={`outcome outcome-${outcome}`} title={OUTCOME_MEANINGS[outcome]}>
      {OUTCOME_LABELS[outcome]}
    </span>
  );
}

export function PresenceMark({ online, revoked }: { readonly online: boolean; readonly revoked: boolean }) {
  if (revoked) return <span className="presence presence-revoked">revoked</span>;
  return (
    <span className={`presence presence-${online ? 'online' : 'offline'}`}>
      {online ? 'online' : 'offline'}
    </span>
  );
}
