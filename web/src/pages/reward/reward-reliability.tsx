import { useState } from 'react';
import { wilsonInterval } from '../../../../src/statistics/wilson.ts';
import type { RewardData } from '../../api/stages.ts';
import { ScatterFigure } from '../../charts/scatter-figure.tsx';
import { Card } from '../../ui/card.tsx';
import { SelectField } from '../../ui/field.tsx';
import { formatNumber, formatShare, plural } from '../../ui/format.ts';

/** Among images scored 0.8, are 80 % good? */
export function RewardReliability({ reliability }: Pick<RewardData, 'reliability'>) {
  const [chosen, setChosen] = useState(reliability.at(-1)?.set ?? '');
  const shown = reliability.find(({ set }) => set === chosen);
  const bins = (shown?.bins ?? []).filter(({ images }) => images > 0);
  return (
    <Card
      title="Reliability"
      note="Each point is a tenth of the scores. On the dashed line, a score of 0.8 means that 80 % of such images are good. Whiskers are 95 % intervals, as if images of one prompt had nothing in common."
    >
      {reliability.length > 1 && (
        <SelectField
          label="Images"
          value={chosen}
          options={reliability.map(({ set }) => [set, set] as const)}
          onChange={setChosen}
        />
      )}
      <ScatterFigure
        title="Share good by score"
        unit={`calibration error ${formatNumber(shown?.error, 3)}`}
        points={bins.map(({ low, high, images, meanScore, goodShare }) => ({
          name: `${low}–${high}: ${plural(images, 'image')}, ${formatShare(goodShare)} good`,
          x: meanScore ?? 0,
          y: goodShare ?? 0,
          reachY: reachOf(goodShare ?? 0, images),
          tone: 'beam',
        }))}
        xName="mean score"
        yName="share good"
        domain={[0, 1]}
        diagonal
        named={false}
        height={430}
      />
    </Card>
  );
}

/** From a share to the ends of its interval. */
function reachOf(share: number, images: number): [down: number, up: number] {
  const [low, high] = wilsonInterval(share, images);
  return [share - low, high - share];
}
