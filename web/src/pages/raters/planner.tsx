import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, type Output } from '../../../../src/studio/contract/client.ts';
import { read } from '../../api/client.ts';
import { Card } from '../../ui/card.tsx';
import { TextField } from '../../ui/field.tsx';
import { formatCount, formatNumber } from '../../ui/format.ts';
import { Failure, Loading } from '../../ui/states.tsx';
import { type Column, Table } from '../../ui/table.tsx';

type Plan = Output<'planRating'>['plans'][number];

const COLUMNS: readonly Column<Plan>[] = [
  { name: 'Raters an image', kind: 'words', cell: ({ ratersPerImage }) => ratersPerImage },
  { name: 'Images', cell: ({ images }) => formatCount(images) },
  { name: 'Answers', cell: ({ answers }) => formatCount(answers) },
  { name: 'Width', cell: ({ width }) => `${formatNumber(100 * width, 1)} points` },
];

/** Nothing failed: there are no answers yet that say how much raters and images differ. */
const isTooEarly = (error: unknown): boolean => error instanceof ApiError && error.code === 'MISSING_STAGE';

/** How many raters and images an interval of a wished width takes. */
export function Planner() {
  const [points, setPoints] = useState(5);
  const width = Math.min(50, Math.max(0.5, points || 5)) / 100;
  const { data, error, refetch } = useQuery({
    ...read('planRating', { body: { width } }),
    placeholderData: (before) => before,
  });
  return (
    <Card title="How much more to rate" note={data?.basis}>
      <div className="filters">
        <TextField
          label="Width of the interval"
          hint="of the share good, in percentage points"
          type="number"
          min={0.5}
          max={50}
          step={0.5}
          value={points}
          onChange={(event) => setPoints(Number(event.target.value))}
        />
      </div>
      {isTooEarly(error) ? (
        <p className="soft">
          Answers of both kinds, good and bad, are what this is worked out from: rate a few dozen images first.
        </p>
      ) : error ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : (
        <Table
          caption="Plans"
          columns={COLUMNS}
          rows={data.plans}
          keyOf={({ ratersPerImage }) => String(ratersPerImage)}
        />
      )}
    </Card>
  );
}
