import { Link } from 'wouter';
import { type Finding, SEVERITIES } from '../../../../shared/finding.ts';
import { instant, millis } from '../../../../shared/time.ts';
import { visibleText } from '../../../../shared/visible-text.ts';
import { plural, SEVERITY_LABELS } from '../../text/labels.ts';
import { dateTime } from '../../text/time-text.ts';
import { SeverityShape } from '../icon.tsx';
import type { TimeRange } from './range.ts';

const SIZE_PX = 17;
const LINES = 4;

interface MarksProps {
  readonly findings: readonly Finding[];
  readonly shown: TimeRange;
  readonly width: number;
  readonly xOf: (at: number) => number;
}

/** Findings above what they rest on, worst first where there is not room for all. */
export function FindingMarks({ findings, shown, width, xOf }: MarksProps) {
  const { placed, left } = places(inView(findings, shown), { width, xOf });
  const lines = Math.max(1, ...placed.map(({ line }) => line + 1));
  return (
    <>
      <div className="marks-label">
        Findings
        {left > 0 && <span className="faint"> {plural(left, 'more', 'more')} here</span>}
      </div>
      <ul className="marks" style={{ height: lines * SIZE_PX + 4 }}>
        {placed.length === 0 && <li className="marks-none">none in view</li>}
        {placed.map(({ finding, line, x, end }) => (
          <li
            key={finding.id}
            className={`mark severity-${finding.severity}`}
            style={{ left: x, top: line * SIZE_PX }}
          >
            <span className="mark-line" style={{ width: Math.max(0, end - x) }} />
            <Link
              href={`/findings/${encodeURIComponent(finding.id)}`}
              title={visibleText(`${SEVERITY_LABELS[finding.severity]}: ${finding.title}. ${finding.reason}`)}
              aria-label={`${SEVERITY_LABELS[finding.severity]} finding: ${finding.title}, ${dateTime(finding.from)}`}
            >
              <SeverityShape severity={finding.severity} />
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}

function inView(findings: readonly Finding[], { from, to }: TimeRange): readonly Finding[] {
  const [first, last] = [instant(Math.round(from)), instant(Math.round(to))];
  return findings
    .filter(({ outcome }) => outcome === 'open' || outcome === 'expected')
    .filter((each) => each.from <= last && (each.to === null || each.to >= first))
    .toSorted((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity));
}

function places(
  findings: readonly Finding[],
  { width, xOf }: { readonly width: number; readonly xOf: (at: number) => number },
) {
  const taken: number[][] = Array.from({ length: LINES }, () => []);
  const placed = findings.flatMap((finding) => {
    const x = Math.min(width - SIZE_PX, Math.max(0, xOf(millis(finding.from)) - SIZE_PX / 2));
    const end = Math.min(width, finding.to === null ? width : xOf(millis(finding.to)));
    const line = taken.findIndex((xs) => xs.every((other) => Math.abs(other - x) >= SIZE_PX));
    taken[line]?.push(x);
    return line < 0 ? [] : [{ finding, line, x, end }];
  });
  return { placed, left: findings.length - placed.length };
}
