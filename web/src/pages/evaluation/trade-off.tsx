import type { Contestant } from '../../api/stages.ts';
import { ScatterFigure } from '../../charts/scatter-figure.tsx';
import { Card } from '../../ui/card.tsx';
import { formatNumber, formatShare } from '../../ui/format.ts';
import { type Column, Table } from '../../ui/table.tsx';
import { WithInterval } from '../../ui/with-interval.tsx';
import { groupOf, nameOf, SPLITS, toneOf } from './tones.ts';

/** Alignment against fidelity for every model. */
export function TradeOff({ contestants }: { readonly contestants: readonly Contestant[] }) {
  const rows = contestants.map((contestant, i) => ({
    contestant,
    tone: toneOf(contestants, i),
    group: SPLITS.map((split) => groupOf(contestant, split)).find((group) => group !== undefined),
    distance: distanceOf(contestant),
  }));
  const columns: Column<(typeof rows)[number]>[] = [
    { name: 'Model', kind: 'words', cell: ({ contestant }) => nameOf(contestant) },
    { name: 'Judged good', cell: ({ group }) => <WithInterval value={group?.good ?? null} /> },
    { name: 'Fréchet distance', cell: ({ distance }) => formatNumber(distance) },
    { name: 'Diversity', cell: ({ group }) => <WithInterval value={group?.diversity ?? null} digits={2} /> },
    { name: 'Unclear', cell: ({ group }) => formatShare(group?.unclear) },
  ];
  return (
    <Card
      title="Alignment against fidelity"
      note="To the right: more images show what the prompt says. Down: images are nearer to renders of the same prompts, by Fréchet distance. The best place is the lower right. Whiskers are 95 % intervals along, and the standard error of the distance up and down."
    >
      <div className="columns broad">
        <ScatterFigure
          title="Models"
          xName="judged good"
          yName="Fréchet distance"
          formatX={(value) => formatShare(value, 0)}
          points={rows.flatMap(({ contestant, tone, group, distance }) =>
            group && distance !== null
              ? [
                  {
                    name: nameOf(contestant),
                    tone,
                    x: group.good.estimate,
                    y: distance,
                    reachX: reachOf(group.good),
                    reachY: spreadOf(contestant),
                  },
                ]
              : [],
          )}
        />
        <Table
          caption="Alignment and fidelity of every model"
          columns={columns}
          rows={rows}
          keyOf={({ contestant }) => contestant.name}
        />
      </div>
    </Card>
  );
}

/** From an estimate to the ends of its interval. */
function reachOf({ estimate, low, high }: Contestant['groups'][number]['good']): [number, number] | null {
  return low === null || high === null ? null : [estimate - low, high - estimate];
}

/** The standard error of the distance, to either side. */
function spreadOf({ frechet }: Contestant): [number, number] | null {
  const { standardError } = frechet.first;
  return typeof standardError === 'number' ? [standardError, standardError] : null;
}

/** Over the first image of each prompt, the number that all models have. */
function distanceOf({ frechet }: Contestant): number | null {
  return typeof frechet.first.value === 'number' ? frechet.first.value : null;
}
