// Example pictures with the guidelines: what is good, what is bad, and why.

import type { Output } from '../../../src/studio/contract/client.ts';
import { imageUrl } from '../api/images.ts';
import { say } from '../words/words.ts';
import { Picture } from './picture.tsx';

export function Examples({ examples }: { readonly examples: Output<'getOnboarding'>['examples'] }) {
  if (examples.length === 0) return null;
  return (
    <section aria-label={say('examples')} className="examples">
      {examples.map(({ imageId, hash, prompt, answer, note }) => (
        <figure key={imageId}>
          <Picture src={imageUrl(hash)} alt="" />
          <figcaption>
            <b className={`verdict ${answer}`}>{say(answer)}</b>{' '}
            <q>
              <bdi>{prompt}</bdi>
            </q>
            {note && <span>{note}</span>}
          </figcaption>
        </figure>
      ))}
    </section>
  );
}
