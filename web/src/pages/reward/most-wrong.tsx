import type { WrongImage } from '../../api/stages.ts';
import { Card } from '../../ui/card.tsx';
import { formatNumber, formatShare } from '../../ui/format.ts';
import { Thumb } from '../../ui/thumb.tsx';

/** The images about which reward and raters are furthest apart. */
export function MostWrong({ images }: { readonly images: readonly WrongImage[] }) {
  return (
    <Card
      title="Where it is most wrong"
      note="The images about which the reward and the raters are furthest apart. Look whether the raters or the reward misread them."
    >
      {images.length === 0 ? (
        <p className="soft">No rated image has a score of this reward function yet.</p>
      ) : (
        <div className="thumbs">
          {images.map(({ id, hash, prompt, label, score }) => (
            <figure key={id}>
              <Thumb hash={hash} alt={prompt} />
              <figcaption>
                <bdi>{prompt}</bdi>
                <br />
                reward {formatNumber(score)}, raters {formatShare(label, 0)} good
              </figcaption>
            </figure>
          ))}
        </div>
      )}
    </Card>
  );
}
