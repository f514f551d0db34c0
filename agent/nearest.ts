/** The one of `names` that takes the fewest single-character edits to reach; for messages about a mistyped name. */
export function nearest(name: string, names: readonly string[]): string {
  const ranked = names.map((known) => ({
    known,
    edits: editsBetween(name.toLowerCase(), known.toLowerCase()),
  }));
  return ranked.sort((a, b) => a.edits - b.edits)[0]?.known ?? '';
}

function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
