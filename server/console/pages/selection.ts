import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { FindingRow } from '../../../shared/api/findings.ts';
import { listenToActs } from '../frame/shortcuts.tsx';

/** As many as one request may change. */
const MOST_SELECTED = 200;

/** Which rows are chosen. Each row asks for itself, so that choosing one draws one. */
export interface Selection {
  readonly ids: () => ReadonlySet<string>;
  /** A range goes from the row chosen last. */
  readonly toggle: (id: string, ranged: boolean) => void;
  readonly clear: () => void;
  readonly subscribe: (listener: () => void) => () => void;
  /** The rows there are, in order; those that left are no longer chosen. */
  readonly among: (rows: readonly FindingRow[]) => void;
}

export function useSelection(
  rows: readonly FindingRow[],
  focusedRow: () => string | undefined,
): { readonly store: Selection; readonly selected: ReadonlySet<string>; readonly clear: () => void } {
  const selection = useMemo(newSelection, []);
  useEffect(() => selection.among(rows), [selection, rows]);
  useEffect(
    () =>
      listenToActs((act) => {
        const id = focusedRow();
        if (id !== undefined && (act === 'x' || act === 'X')) selection.toggle(id, act === 'X');
      }),
    [selection, focusedRow],
  );
  const selected = useSyncExternalStore(selection.subscribe, selection.ids);
  return { store: selection, selected, clear: selection.clear };
}

export function useSelected({ subscribe, ids }: Selection, id: string): boolean {
  return useSyncExternalStore(subscribe, () => ids().has(id));
}

function newSelection(): Selection {
  let chosen: ReadonlySet<string> = new Set();
  let order: readonly string[] = [];
  let anchor: string | undefined;
  const listeners = new Set<() => void>();
  const choose = (next: ReadonlySet<string>) => {
    chosen = next;
    for (const listener of listeners) listener();
  };
  return {
    ids: () => chosen,
    toggle: (id, ranged) => {
      const [from, to] = [order.indexOf(anchor ?? id), order.indexOf(id)];
      anchor = id;
      const next = new Set(chosen);
      if (ranged && from >= 0)
        for (const each of order.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(each);
      else if (!next.delete(id)) next.add(id);
      choose(new Set([...next].slice(-MOST_SELECTED)));
    },
    clear: () => choose(new Set()),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    among: (rows) => {
      order = rows.map(({ id }) => id);
      const left = new Set(order.filter((id) => chosen.has(id)));
      if (left.size !== chosen.size) choose(left);
    },
  };
}
