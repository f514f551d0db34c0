import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { FindingRow, FindingsQuery } from '../../../shared/api/findings.ts';
import { useTargets } from '../data/targets.ts';
import { type Target, useMe } from '../data/use-triage.ts';
import { listenToActs } from '../frame/shortcuts.tsx';
import { askFor } from '../frame/triage-desk.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { useHeldRows } from '../parts/use-held-rows.ts';
import { plural } from '../text/labels.ts';
import { queueColumns } from './queue-columns.tsx';

/** As many as one request may change. */
const MOST_SELECTED = 200;

export function QueueRows(props: {
  readonly findings: readonly FindingRow[];
  readonly labels: ReadonlyMap<string, string>;
  readonly filter: FindingsQuery;
}) {
  const { findings, labels, filter } = props;
  const { shown, waiting, showAll } = useHeldRows(findings);
  const { mayTriage } = useMe();
  const { selected, toggle, clear } = useSelection(shown);
  useFocusKept(shown);
  const targets = useCallback(() => {
    const chosen = shown.filter(({ id }) => selected.has(id));
    const focused = shown.find(({ id }) => id === focusedRow());
    if (chosen.length > 0) return chosen.map(targetOf);
    return focused ? [targetOf(focused)] : [];
  }, [shown, selected]);
  useTargets(targets);
  const columns = useMemo(
    () =>
      queueColumns({
        labels,
        outcomes: filter.outcome === undefined,
        ...(mayTriage && { selection: { selected, toggle } }),
      }),
    [labels, filter.outcome, mayTriage, selected, toggle],
  );
  return (
    <>
      <div className="new-bar" role="status">
        {waiting > 0 && (
          <Button className="button new-button" onPress={showAll}>
            {plural(waiting, 'new finding')} <kbd>.</kbd>
          </Button>
        )}
      </div>
      <DataTable label="Findings" name="findings" columns={columns} rows={shown} rowKey={({ id }) => id} />
      {selected.size > 0 && (
        <section className="bulk-bar" aria-label="Selected findings">
          <span role="status">{plural(selected.size, 'finding')} selected</span>
          <Button className="button" onPress={() => askFor('assign')}>
            Assign to me <kbd>a</kbd>
          </Button>
          <Button className="button" onPress={() => askFor('resolve')}>
            Resolve <kbd>r</kbd>
          </Button>
          <Button className="button" onPress={() => askFor('note')}>
            Note <kbd>n</kbd>
          </Button>
          <Button className="button plain" onPress={clear}>
            Clear
          </Button>
        </section>
      )}
    </>
  );
}

function targetOf({ id, title, triage }: FindingRow): Target {
  return { about: 'finding', id, title, triage };
}

/** Which rows are chosen; a range goes from the row chosen last. Rows that left the list leave the selection. */
function useSelection(rows: readonly FindingRow[]) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const anchor = useRef<string>(undefined);
  const here = useRef(rows);
  here.current = rows;
  const selected = useMemo(
    () => new Set(rows.flatMap(({ id }) => (chosen.has(id) ? [id] : []))),
    [rows, chosen],
  );
  const toggle = useCallback((id: string, ranged: boolean) => {
    const ids = here.current.map((row) => row.id);
    const [from, to] = [ids.indexOf(anchor.current ?? id), ids.indexOf(id)];
    anchor.current = id;
    setChosen((before) => {
      const next = new Set(before);
      if (ranged && from >= 0)
        for (const each of ids.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(each);
      else if (!next.delete(id)) next.add(id);
      return new Set([...next].slice(-MOST_SELECTED));
    });
  }, []);
  const clear = useCallback(() => setChosen(new Set()), []);
  useEffect(
    () =>
      listenToActs((act) => {
        const id = focusedRow();
        if (id !== undefined && (act === 'x' || act === 'X')) toggle(id, act === 'X');
      }),
    [toggle],
  );
  return { selected, toggle, clear };
}

/** When the row with the focus leaves the list, as after it was resolved, the one that took its place gets the focus. */
function useFocusKept(rows: readonly FindingRow[]): void {
  const last = useRef<{ readonly id: string; readonly index: number }>(undefined);
  useLayoutEffect(() => {
    const remember = () => {
      const id = focusedRow();
      const index = rows.findIndex((row) => row.id === id);
      if (id !== undefined) last.current = { id, index };
    };
    const left = last.current;
    if (left && document.activeElement === document.body && !rows.some(({ id }) => id === left.id)) {
      const next = rows[Math.min(left.index, rows.length - 1)];
      document.querySelector<HTMLElement>(`[data-row-link][href="/findings/${next?.id ?? ''}"]`)?.focus();
    }
    window.addEventListener('focusin', remember);
    return () => window.removeEventListener('focusin', remember);
  }, [rows]);
}

/** Id of the finding whose row has the focus. */
function focusedRow(): string | undefined {
  const link = document.activeElement?.closest('[data-row]')?.querySelector('[data-row-link]');
  const path = link?.getAttribute('href');
  return path ? decodeURIComponent(path.slice('/findings/'.length)) : undefined;
}
