import { useCallback, useLayoutEffect, useMemo, useRef } from 'react';
import { Button } from 'react-aria-components/Button';
import type { FindingRow, FindingsQuery } from '../../../shared/api/findings.ts';
import { useTargets } from '../data/targets.ts';
import { type Target, useMe } from '../data/use-triage.ts';
import { askFor } from '../frame/triage-desk.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { useHeldRows } from '../parts/use-held-rows.ts';
import { plural } from '../text/labels.ts';
import { queueColumns } from './queue-columns.tsx';
import { useSelection } from './selection.ts';

/** Drawing a row takes its time, so only those near the window are. */
const ALL_UP_TO = 60;

export function QueueRows(props: {
  readonly findings: readonly FindingRow[];
  readonly labels: ReadonlyMap<string, string>;
  readonly filter: FindingsQuery;
}) {
  const { findings, labels, filter } = props;
  const { shown, waiting, showAll } = useHeldRows(findings);
  const { mayTriage } = useMe();
  const selection = useSelection(shown, focusedRow);
  const { selected, clear, store: chosen } = selection;
  const labelOf = useLabels(labels);
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
        labelOf,
        outcomes: filter.outcome === undefined,
        ...(mayTriage && { selection: chosen }),
      }),
    [labelOf, filter.outcome, mayTriage, chosen],
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
      <DataTable
        label="Findings"
        name="findings"
        columns={columns}
        rows={shown}
        rowKey={({ id }) => id}
        allUpTo={ALL_UP_TO}
      />
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

/** A name is the same for all rows, so that asking for it need not change when rows do. */
function useLabels(labels: ReadonlyMap<string, string>): (id: string) => string | null {
  const latest = useRef(labels);
  latest.current = labels;
  return useCallback((id) => latest.current.get(id) ?? null, []);
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
