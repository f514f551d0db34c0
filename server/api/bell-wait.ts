import type { Bell } from '../store/bell.ts';

/** Waits for a bell. A ring between `forget` and `rung` counts, so nothing that is committed meanwhile is overslept. */
export function newWait(bell: Bell, stop: AbortSignal) {
  let heard = false;
  let wake = () => {};
  const hear = () => {
    heard = true;
    wake();
  };
  const hangUp = bell.listen(hear);
  stop.addEventListener('abort', hear, { once: true });
  return {
    forget: () => {
      heard = false;
    },
    rung: async (mostMs: number) => {
      if (heard || stop.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      const timer = setTimeout(resolve, mostMs);
      await promise;
      clearTimeout(timer);
    },
    hangUp: () => {
      stop.removeEventListener('abort', hear);
      hangUp();
    },
  };
}
