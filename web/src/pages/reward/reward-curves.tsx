import type { RewardPoint } from '../../api/stages.ts';
import { LineFigure } from '../../charts/line-figure.tsx';
import { Card } from '../../ui/card.tsx';
import { formatShare } from '../../ui/format.ts';

interface RewardCurvesProps {
  readonly curve: readonly RewardPoint[];
  readonly bestStep: number;
}

/** Loss and accuracy while it learned. */
export function RewardCurves({ curve, bestStep }: RewardCurvesProps) {
  const line = (read: (point: RewardPoint) => number | null) =>
    curve.map((point) => ({ x: point.step, y: read(point) }));
  return (
    <Card
      title="Learning curves"
      note={`The weights are those of step ${bestStep}, where the validation loss was lowest.`}
    >
      <LineFigure
        title="Loss"
        curves={[
          { name: 'training', tone: 'base', dashed: true, points: line(({ train }) => train) },
          { name: 'validation', tone: 'beam', points: line(({ validation }) => validation) },
        ]}
      />
      <LineFigure
        title="Accuracy"
        domain={[0, 1]}
        format={(value) => formatShare(value, 0)}
        curves={[
          { name: 'training', tone: 'base', dashed: true, points: line(({ trainAccuracy }) => trainAccuracy) },
          { name: 'validation', tone: 'beam', points: line(({ validationAccuracy }) => validationAccuracy) },
        ]}
      />
    </Card>
  );
}
