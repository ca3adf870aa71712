import type { Contestant } from '../../api/stages.ts';
import { Card } from '../../ui/card.tsx';
import { formatPoints, formatShare } from '../../ui/format.ts';
import { Legend, StackedRow } from '../../ui/shares.tsx';
import { groupOf, nameOf, SPLITS } from './tones.ts';

type Versus = NonNullable<Contestant['groups'][number]['versusBase']>;

/** Win, tie and lose against the base by the judge, image against image. */
export function Duels({ contestants }: { readonly contestants: readonly Contestant[] }) {
  const rows = contestants.flatMap((contestant) =>
    SPLITS.flatMap((split) => {
      const versus = groupOf(contestant, split)?.versusBase;
      return versus ? [{ key: `${contestant.name} ${split}`, contestant, split, versus }] : [];
    }),
  );
  return (
    <Card
      title="Against the base, by the judge"
      note="Images of one prompt and place in pairs. A win is one where this model’s image is good and the base’s is not. Below, the difference of the shares judged good and its 95 % interval."
    >
      <Legend
        parts={[
          ['win', 'win'],
          ['tie', 'tie'],
          ['lose', 'lose'],
        ]}
      />
      <div className="shares">
        {rows.map(({ key, contestant, split, versus }) => (
          <StackedRow
            key={key}
            name={
              <>
                {nameOf(contestant)} <span className="soft small">{split}</span>
              </>
            }
            parts={[
              { tone: 'win', name: 'win', count: versus.wins },
              { tone: 'tie', name: 'tie', count: versus.ties },
              { tone: 'lose', name: 'lose', count: versus.losses },
            ]}
            figure={
              <>
                {formatShare(versus.wins)} won · {formatShare(versus.losses)} lost
                <span className="interval block">{describeGain(versus.good)}</span>
              </>
            }
          />
        ))}
      </div>
      {rows.length === 0 && <p className="soft">Only the base was evaluated. Tune a model, then evaluate again.</p>}
    </Card>
  );
}

function describeGain({ estimate, low, high }: Versus['good']): string {
  const interval = low === null || high === null ? '' : ` (${formatPoints(low)} to ${formatPoints(high)})`;
  return `${formatPoints(estimate)} points${interval}`;
}
