// The images whose answer is known.

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Output } from '../../../../src/studio/contract/client.ts';
import { read } from '../../api/client.ts';
import { Card } from '../../ui/card.tsx';
import { plural } from '../../ui/format.ts';
import { Failure, Loading } from '../../ui/states.tsx';
import { Thumb } from '../../ui/thumb.tsx';

export function GoldImages() {
  const { data, error, refetch } = useQuery(read('listGold'));
  return (
    <Card
      title="Gold images"
      note="Their answer is known. They are mixed in among the work, shown with the guidelines as examples, or asked in the test that a rater has to pass first. Open any image to make it gold."
    >
      {error ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : data.gold.length === 0 ? (
        <p className="soft">
          None yet, so nobody is checked against them. <Link to="/images">Choose some among the images</Link>: clear
          cases of either answer, and the mistakes that raters make.
        </p>
      ) : (
        <>
          <p className="soft small">
            {plural(data.gold.length, 'gold image')}, {data.gold.filter(({ answer }) => answer === 'good').length} of
            them good: {countUses(data.gold)}.
          </p>
          <div className="thumbs">
            {data.gold.map(({ imageId, hash, prompt, answer, note, use }) => (
              <figure key={imageId}>
                <Link to="/images" search={{ image: imageId }} aria-label={`Open: ${prompt}`}>
                  <Thumb hash={hash} alt={prompt} />
                </Link>
                <figcaption>
                  <b className={`verdict ${answer}`}>{answer}</b>{' '}
                  {use !== 'mixed' && <span className="tag">{use}</span>} <bdi>{prompt}</bdi>
                  {note && (
                    <>
                      <br />“{note}”
                    </>
                  )}
                </figcaption>
              </figure>
            ))}
          </div>
        </>
      )}
    </Card>
  );
}

function countUses(gold: Output<'listGold'>['gold']): string {
  const count = (use: (typeof gold)[number]['use']) => gold.filter((each) => each.use === use).length;
  return `${count('mixed')} among the work, ${plural(count('example'), 'example')}, ${count('test')} in the test`;
}
