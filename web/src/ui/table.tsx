// A table of figures: the first column names the row, numbers stand to the right.

import { type ReactNode, useState } from 'react';

export interface Column<Row> {
  readonly name: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  /** What rows are sorted by where this column is chosen; null comes last. */
  readonly sortBy?: (row: Row) => number | string | null;
  /** `words` stand to the left; `wrap` may take several lines; `actions` are buttons, in one line. */
  readonly kind?: 'words' | 'wrap' | 'actions';
}

interface TableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly isOff?: (row: Row) => boolean;
}

interface Order {
  readonly column: number;
  readonly down: boolean;
}

function sortRows<Row>(
  rows: readonly Row[],
  readKey: (row: Row) => number | string | null,
  down: boolean,
): readonly Row[] {
  const compare = (a: number | string, b: number | string) =>
    typeof a === 'string' ? a.localeCompare(String(b)) : a - Number(b);
  return rows.toSorted((one, other) => {
    const [a, b] = [readKey(one), readKey(other)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return down ? compare(b, a) : compare(a, b);
  });
}

export function Table<Row>({ caption, columns, rows, keyOf, isOff }: TableProps<Row>) {
  const [first, ...rest] = columns;
  const [order, setOrder] = useState<Order>();
  const sorted = order ? sortRows(rows, columns[order.column]!.sortBy!, order.down) : rows;
  return (
    <section className="scroll" tabIndex={0} aria-label={caption}>
      <table className="data">
        <caption className="hidden-text">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ name, kind, sortBy }, i) => (
              <th
                // biome-ignore lint/suspicious/noArrayIndexKey: columns keep their places
                key={i}
                scope="col"
                className={kind && 'words'}
                aria-sort={order?.column !== i ? undefined : order.down ? 'descending' : 'ascending'}
              >
                {sortBy ? (
                  <button
                    type="button"
                    className="sort"
                    onClick={() => setOrder({ column: i, down: order?.column === i ? !order.down : true })}
                  >
                    {name}
                    <span aria-hidden="true">{order?.column !== i ? '' : order.down ? ' ↓' : ' ↑'}</span>
                  </button>
                ) : (
                  name
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={keyOf(row)} className={isOff?.(row) ? 'off' : undefined}>
              <th scope="row" className={first!.kind}>
                {first!.cell(row)}
              </th>
              {rest.map(({ cell, kind, name }, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns keep their places
                <td key={i} className={kind} data-name={typeof name === 'string' ? name : undefined}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
