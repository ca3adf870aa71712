import type { Output } from '../../../../src/studio/contract/client.ts';
import { Card } from '../../ui/card.tsx';
import { formatCount } from '../../ui/format.ts';
import { type Column, Table } from '../../ui/table.tsx';
import { WithInterval } from '../../ui/with-interval.tsx';

type Row = Output<'getQuality'>['agreement'][number];

const COLUMNS: readonly Column<Row>[] = [
  { name: 'Category', kind: 'words', cell: ({ category }) => category },
  { name: 'Images', cell: ({ items }) => formatCount(items) },
  { name: 'Fleiss’ κ', cell: ({ kappa }) => <WithInterval value={kappa} digits={2} /> },
  { name: 'Krippendorff’s α', cell: ({ alpha }) => <WithInterval value={alpha} digits={2} /> },
];

/** Agreement beyond chance, by category. */
export function Agreement({ rows }: { readonly rows: readonly Row[] }) {
  return (
    <Card
      title="Agreement beyond chance"
      note="1 is full agreement, 0 what chance gives. Images with two answers or more; intervals are 95 %, by bootstrap over images."
    >
      {rows.length === 0 ? (
        <p className="soft">No image has two answers yet. Let more than one rater answer each.</p>
      ) : (
        <Table caption="Agreement by category" columns={COLUMNS} rows={rows} keyOf={({ category }) => category} />
      )}
    </Card>
  );
}
