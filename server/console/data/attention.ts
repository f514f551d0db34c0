const AWAY_AFTER_MS = 5 * 60_000;
const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

let lastSignAt = 0;

/** Notes when somebody last did something here. */
export function watchAttention(): void {
  for (const sign of SIGNS)
    window.addEventListener(
      sign,
      () => {
        lastSignAt = performance.now();
      },
      { capture: true, passive: true },
    );
}

/** Nobody sits before this console: what it asks for by itself must not keep the session from ending. */
export function isUnattended(): boolean {
  return performance.now() - lastSignAt > AWAY_AFTER_MS;
}
