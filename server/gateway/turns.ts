/** Lets a few work at a time; the others wait in the order in which they came. */
export interface Turns {
  readonly waiting: number;
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function turns(atOnce: number): Turns {
  const queue: (() => void)[] = [];
  let running = 0;
  return {
    get waiting() {
      return queue.length;
    },
    async run(work) {
      if (running >= atOnce) await new Promise<void>((resolve) => queue.push(resolve));
      else running += 1;
      try {
        return await work();
      } finally {
        const next = queue.shift();
        if (next) next();
        else running -= 1;
      }
    },
  };
}
