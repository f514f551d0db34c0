/** What is wrong with a roster, and where. Without a row it is the file as a whole. */
export interface RosterProblem {
  readonly row?: number;
  readonly column?: string;
  readonly reason: string;
}

/** What a file holds, still to be validated, and what is wrong with the file itself. */
export interface Candidates {
  readonly candidates: readonly Candidate[];
  readonly problems: readonly RosterProblem[];
}

export interface Candidate {
  readonly row: number;
  readonly value: unknown;
}

const SHOWN = 20;

/** One line a problem: `row 3, countries: UK is no country code`. */
export function listed(problems: readonly RosterProblem[]): string {
  const lines = problems.slice(0, SHOWN).map(({ row, column, reason }) => {
    const where = [row === undefined ? '' : `row ${row}`, column ?? ''].filter((part) => part !== '');
    return where.length === 0 ? reason : `${where.join(', ')}: ${reason}`;
  });
  if (problems.length > SHOWN) lines.push(`and ${problems.length - SHOWN} more`);
  return lines.join('\n');
}
