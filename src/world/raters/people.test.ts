import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configSchema } from '../../project/config/config.ts';
import type { Seen, ShownImage } from '../world.ts';
import { rateLikePeople } from './people.ts';
import { makeRaters } from './raters.ts';

const raters = makeRaters(configSchema.parse({ seed: 5, label: { raters: 8, ratersPerImage: 2 } }));
const asked = { count: 3, color: 'red', subject: 'dog', background: 'city' };
const sure = { count: 0.99, color: 0.99, subject: 0.99, background: 0.99 };

/** The share of an answer among those of all raters about many images that look alike. */
function shareOf(answer: string, parts: Seen['parts'], confidence: Seen['confidence'] = sure): number {
  const images = Array.from(
    { length: 400 },
    (_, i): ShownImage => ({ id: `image-${i}`, asked, seen: { parts, confidence } }),
  );
  const answers = raters.flatMap((rater) => images.map((image) => rateLikePeople(rater, image).answer));
  return answers.filter((said) => said === answer).length / answers.length;
}

test('an empty place is bad, not skipped', () => {
  const empty = { count: 0, color: 'none', subject: 'none', background: 'city' };
  assert.ok(shareOf('bad', empty) > 0.85);
  assert.ok(shareOf('skip', empty) < 0.08);
});

test('raters err where a picture is hard: an unsure judge, a count that is one off', () => {
  const wrongPlace = { ...asked, count: 5, color: 'blue' };
  const offByOne = { ...asked, count: 4 };
  assert.ok(shareOf('good', wrongPlace) < shareOf('good', offByOne));
  const unsure = { ...sure, count: 0.55 };
  assert.ok(shareOf('good', asked) > shareOf('good', asked, unsure) + 0.1);
});

test('what is not to be read is bad to most, and skipped by some', () => {
  const unreadable = { ...asked, count: null };
  assert.ok(shareOf('bad', unreadable) > shareOf('skip', unreadable));
  assert.ok(shareOf('skip', unreadable) > 0.3);
});

test('raters differ, and an answer depends on rater, seed and image alone', () => {
  const image: ShownImage = { id: 'image', asked, seen: { parts: { ...asked, count: 4 }, confidence: sure } };
  const all = () => raters.map((rater) => rateLikePeople(rater, image));
  assert.deepEqual(all(), all());
  const shares = raters.map((rater) => {
    const said = Array.from({ length: 500 }, (_, i) => rateLikePeople(rater, { ...image, id: `i${i}` }).answer);
    return said.filter((answer) => answer === 'good').length / 500;
  });
  assert.ok(Math.max(...shares) - Math.min(...shares) > 0.1, 'each has a bias and a taste');
});
