/** Tells listeners in this process that something grew. They read the database to learn what. */
export interface Bell {
  ring(): void;
  /** Calls `listener` at every ring until the returned function is called. */
  listen(listener: () => void): () => void;
}

export function newBell(): Bell {
  const listeners = new Set<() => void>();
  return {
    ring: () => {
      for (const listener of listeners) listener();
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
