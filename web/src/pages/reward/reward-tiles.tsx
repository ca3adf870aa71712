import type { RewardData } from '../../api/stages.ts';
import { Tiles } from '../../ui/card.tsx';
import {
  formatCount,
  formatNumber,
  formatSeconds,
  formatShare,
  formatShareInterval,
  plural,
  shortHash,
} from '../../ui/format.ts';

/** The headline, of images that the reward did not learn from where there are any; every figure says of which images it is. */
export function RewardTiles({ reward }: { readonly reward: RewardData }) {
  const group = reward.headline;
  const images = group ? `${group.set}, ${plural(group.images, 'image')}` : '';
  return (
    <Tiles
      tiles={[
        {
          name: 'Accuracy',
          value: formatShare(group?.accuracy.reward),
          sub: (
            <>
              {group?.interval && <span className="line">95 %: {formatShareInterval(group.interval)}; </span>}
              {images}
            </>
          ),
        },
        { name: 'CLIP score', value: formatShare(group?.accuracy.clip), sub: images },
        {
          name: 'AUROC',
          value: formatNumber(group?.auroc.reward, 3),
          sub: `CLIP score ${formatNumber(group?.auroc.clip, 3)}; ${images}`,
        },
        { name: 'Calibration error', value: formatNumber(group?.calibrationError, 3), sub: `0 is perfect; ${images}` },
        {
          name: 'Learned from',
          value: formatCount(reward.examples.train),
          unit: 'images',
          sub: `${formatCount(reward.examples.validation)} held out to stop by`,
        },
        {
          name: 'Weights',
          value: <code>{shortHash(reward.hash)}</code>,
          sub: `trained in ${formatSeconds(reward.seconds)}`,
        },
      ]}
    />
  );
}
