/** Finds the last of ascending numbers of 32 bits that is not greater than a value; -1 when all are greater. */
export function sortedStarts(starts: Uint32Array, count = starts.length): (value: number) => number {
  const halves = firstHalves(starts, count);
  return (value) => {
    let low = halves[value >>> 16] ?? 0;
    let high = halves[(value >>> 16) + 1] ?? count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] ?? 0) <= value) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };
}

/** How many begin below each first half of an IPv4 address: 256 KB that spare a search most of its way through megabytes. */
function firstHalves(starts: Uint32Array, count: number): Uint32Array {
  const halves = new Uint32Array(2 ** 16 + 1);
  let at = 0;
  for (let half = 0; half <= 2 ** 16; half += 1) {
    while (at < count && (starts[at] ?? 0) < half * 2 ** 16) at += 1;
    halves[half] = at;
  }
  return halves;
}
