import type { Risk } from '../../shared/case.ts';
import { FAMILIES, type Finding, type Severity } from '../../shared/finding.ts';
import { DAY, type Instant, millis } from '../../shared/time.ts';

/** What one finding of a severity weighs while it stands. */
const WEIGHTS: Readonly<Record<Severity, number>> = {
  info: 0,
  low: 5,
  medium: 15,
  high: 40,
  critical: 100,
};

const HALF_LIFE_DAYS = 14;

/** A family counts up to this, so that one noisy rule cannot outweigh contradictions of several kinds. */
const FAMILY_CAP = 100;

/** The risk that a contractor's findings add up to. Only those that are open count, wherever the contractor is one of several. */
export function riskOf(findings: readonly Finding[], now: Instant): Risk {
  const open = findings.filter(({ outcome, severity }) => outcome === 'open' && WEIGHTS[severity] > 0);
  const families = FAMILIES.flatMap((family) => {
    const lines = open
      .filter((finding) => finding.family === family)
      .map((finding) => lineOf(finding, now))
      .toSorted((a, b) => b.points - a.points || (a.finding < b.finding ? -1 : 1));
    if (lines.length === 0) return [];
    const sum = lines.reduce((points, line) => points + line.points, 0);
    return [{ family, points: rounded(Math.min(sum, FAMILY_CAP)), capped: sum > FAMILY_CAP, lines }];
  });
  return { total: rounded(families.reduce((sum, { points }) => sum + points, 0)), families };
}

function lineOf({ id, rule, severity, to }: Finding, now: Instant) {
  const ageDays = to === null ? 0 : rounded(Math.max(0, millis(now) - millis(to)) / DAY);
  const weight = WEIGHTS[severity];
  return {
    finding: id,
    rule,
    severity,
    weight,
    ageDays,
    points: rounded(weight * 0.5 ** (ageDays / HALF_LIFE_DAYS)),
  };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
