import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useLayoutEffect, useMemo, useRef, useState } from 'react';

export interface Column<Row> {
  readonly key: string;
  readonly head: string;
  readonly cell: (row: Row) => ReactNode;
  readonly numeric?: boolean;
}

/** Up to here all rows are in the page, so that the browser's own search finds them. */
const ALL_ROWS = 300;

/**
 * A dense native table. The first link of a row stands for the row: it fills it for the mouse and is what j and k go to. Long
 * tables keep only the rows near the window in the page.
 */
export function DataTable<Row extends object>(props: {
  readonly label: string;
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Longer tables keep only the rows near the window. */
  readonly allUpTo?: number;
}) {
  const { label, name, columns, rows, rowKey, allUpTo = ALL_ROWS } = props;
  const cellsOf = useKeptCells(columns);
  const body = useRef<HTMLTableSectionElement>(null);
  const [offset, setOffset] = useState(0);
  const long = rows.length > allUpTo;
  const virtualizer = useWindowVirtualizer({
    count: long ? rows.length : 0,
    estimateSize: () => 36,
    overscan: 12,
    scrollMargin: offset,
    getItemKey: (index) => keyAt(rows, index, rowKey),
  });
  useLayoutEffect(() => {
    if (body.current) setOffset(body.current.getBoundingClientRect().top + window.scrollY);
  }, []);

  const items = virtualizer.getVirtualItems();
  const first = items[0];
  const last = items.at(-1);
  const before = first ? first.start - offset : 0;
  const after = last ? virtualizer.getTotalSize() - (last.end - offset) : 0;
  const shown = long ? items.map(({ index }) => index) : rows.map((_, index) => index);

  return (
    <table className={`table table-${name}`} aria-label={label} aria-rowcount={rows.length + 1}>
      <thead>
        <tr>
          {columns.map(({ key, head, numeric }) => (
            <th key={key} scope="col" className={numeric ? `col-${key} numeric` : `col-${key}`}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        {before > 0 && <Filler height={before} columns={columns.length} />}
        {shown.map((index) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <tr
              key={rowKey(row)}
              data-row=""
              data-index={index}
              aria-rowindex={index + 2}
              ref={long ? virtualizer.measureElement : null}
            >
              {cellsOf(row)}
            </tr>
          );
        })}
        {after > 0 && <Filler height={after} columns={columns.length} />}
      </tbody>
    </table>
  );
}

/** The cells of a row that did not change are the same elements as before, so that React passes over them. */
function useKeptCells<Row extends object>(columns: readonly Column<Row>[]): (row: Row) => ReactNode {
  return useMemo(() => {
    const kept = new WeakMap<Row, ReactNode>();
    return (row) => {
      const known = kept.get(row);
      if (known !== undefined) return known;
      const cells = columns.map(({ key, head, cell, numeric }) => (
        <td
          key={key}
          className={numeric ? `cell-${key} numeric` : `cell-${key}`}
          data-head={numeric ? head : undefined}
        >
          {cell(row)}
        </td>
      ));
      kept.set(row, cells);
      return cells;
    };
  }, [columns]);
}

function Filler({ height, columns }: { readonly height: number; readonly columns: number }) {
  return (
    <tr className="filler">
      <td colSpan={columns} style={{ height }} />
    </tr>
  );
}

function keyAt<Row>(rows: readonly Row[], index: number, rowKey: (row: Row) => string): string | number {
  const row = rows[index];
  return row === undefined ? index : rowKey(row);
}
