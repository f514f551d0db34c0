import type { Report } from './laboratory.ts';

/** Whether what the product promises was kept. */
export function isGood({ account, replaysAccepted, undelivered }: Report): boolean {
  const { lost, twice, unexplained, differing } = account;
  return (
    [lost, twice, unexplained, differing, undelivered].every((list) => list.length === 0) &&
    replaysAccepted === 0
  );
}

const SHOWN = 20;

export function textOf({ account, faults, seconds, ...report }: Report): string {
  const total = Object.values(faults).reduce((sum, count) => sum + count, 0);
  const holes = Object.entries(account.holes).map(
    ([cause, { gaps, missing }]) => `${cause} ${gaps} (${missing} observations missing)`,
  );
  const list = (name: string, items: readonly string[]) =>
    [`${name.padEnd(18)}${items.length}`, ...items.slice(0, SHOWN).map((item) => `    ${item}`)].join('\n');
  return [
    `${total} faults in ${Math.round(seconds)} s:`,
    ...Object.entries(faults)
      .sort(([, one], [, other]) => other - one)
      .map(([name, count]) => `    ${String(count).padStart(4)} ${name}`),
    ...(report.smallDisks ? [] : ['    no disk was full: mounting a small one needs the rights of root']),
    `processes that ended by themselves and were started again: ${JSON.stringify(report.ownEnds)}`,
    '',
    `seed              ${report.seed}`,
    `sent              ${account.sent}`,
    `stored            ${account.stored} (and ${account.besides} that nobody counted on: begun, ended, told again by new epochs)`,
    `repeated          ${account.repeated}`,
    `told again        ${account.toldAgain} by restored copies`,
    `holes by cause    ${holes.join(', ') || 'none'}`,
    list('lost', account.lost),
    list('twice', account.twice),
    list('unexplained holes', account.unexplained),
    list('differing bytes', account.differing),
    list('undelivered', report.undelivered),
    `replays believed  ${report.replaysAccepted}`,
  ].join('\n');
}
