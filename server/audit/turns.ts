/** One pack at a time, whoever asks for it. */
export interface Turns {
  /** Undefined while somebody else has it. */
  take(holder: string): Disposable | undefined;
  holder(): string | undefined;
}

export function newTurns(): Turns {
  let held: string | undefined;
  return {
    take(holder) {
      if (held !== undefined) return undefined;
      held = holder;
      return {
        [Symbol.dispose]() {
          held = undefined;
        },
      };
    },
    holder: () => held,
  };
}
