import { Link } from '@tanstack/react-router';
import type { StepPoint, TuningData } from '../../api/stages.ts';
import { LineFigure } from '../../charts/line-figure.tsx';
import { Card } from '../../ui/card.tsx';
import { OverOptimisation } from './over-optimisation.tsx';

interface TuningCurvesProps extends Pick<TuningData, 'curve' | 'published' | 'watch'> {
  /** Reward and judge on the sample prompts; empty before an evaluation. */
  readonly overSteps: readonly StepPoint[];
}

export function TuningCurves({ curve, published, watch, overSteps }: TuningCurvesProps) {
  const line = (read: (point: TuningData['curve'][number]) => number | undefined) =>
    curve.map((point) => ({ x: point.step, y: read(point) ?? null }));
  const draws = curve.some((point) => point.mean_reward !== undefined);
  const hasPairs = curve.some((point) => point.pretrain_loss !== undefined);
  return (
    <div className="columns">
      <Card title="Loss">
        <LineFigure
          title="Loss by step"
          unit="means over equal runs of steps"
          curves={[
            { name: 'whole', tone: 'beam', points: line((point) => point.train_loss) },
            { name: 'model images', tone: 'best', points: line((point) => point.reward_loss) },
            ...(hasPairs
              ? [{ name: 'pre-training pairs', tone: 'base', dashed: true, points: line((p) => p.pretrain_loss) }]
              : []),
          ]}
        />
      </Card>
      {draws && (
        <Card title="Mean reward" note="Of the pictures that were drawn while tuning, by what it had learned so far.">
          <LineFigure
            title="Mean reward of the pictures drawn, by step"
            curves={[{ name: 'mean reward', tone: 'best', points: line((point) => point.mean_reward) }]}
          />
        </Card>
      )}
      {watch ? (
        <OverOptimisation watch={watch} published={published} overSteps={overSteps} />
      ) : (
        <Card
          title="Reward and judge"
          note="If the reward rises and the judge does not follow, the reward is being over-optimised: stop earlier, or rate more."
        >
          {overSteps.length === 0 ? (
            <p className="soft">
              Empty until there is an evaluation: it measures both at each checkpoint.{' '}
              <Link to="/evaluation">Start one on the Evaluation page</Link>.
            </p>
          ) : (
            <LineFigure
              title="On the fixed prompts, by step"
              curves={[
                {
                  name: 'mean reward',
                  tone: 'best',
                  points: overSteps.map(({ step, reward }) => ({ x: step, y: reward })),
                },
                {
                  name: 'share judged good',
                  tone: 'beam',
                  points: overSteps.map(({ step, good }) => ({ x: step, y: good })),
                },
              ]}
            />
          )}
        </Card>
      )}
    </div>
  );
}
