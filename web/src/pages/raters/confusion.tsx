import { Card } from '../../ui/card.tsx';
import { formatCount, formatShare } from '../../ui/format.ts';
import { type Column, Table } from '../../ui/table.tsx';

interface ConfusionProps {
  readonly labels: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

/** What one rater answers where another answers something. */
export function Confusion({ labels, counts }: ConfusionProps) {
  const total = counts.flat().reduce((sum, count) => sum + count, 0);
  const columns: Column<number>[] = [
    { name: 'One rater', kind: 'words', cell: (row) => labels[row] },
    ...labels.map((label, column) => ({
      name: `another ${label}`,
      cell: (row: number) => {
        const count = counts[row]?.[column] ?? 0;
        return (
          <>
            {formatShare(total ? count / total : null)}
            <span className="interval block">{formatCount(count)}</span>
          </>
        );
      },
    })),
  ];
  return (
    <Card title="Confusion" note="Pairs of answers about one image, as shares of all pairs.">
      <Table
        caption="Pairs of answers about one image"
        columns={columns}
        rows={labels.map((_, i) => i)}
        keyOf={(row) => labels[row]!}
      />
    </Card>
  );
}
