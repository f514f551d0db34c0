/** Resolves with what `condition` answers as soon as that is neither false nor undefined; rejects after the deadline. */
export async function until<T>(
  condition: () => T | false | undefined | Promise<T | false | undefined>,
  { withinMs = 10_000, what = String(condition) } = {},
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await condition();
    if (answer !== false && answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
