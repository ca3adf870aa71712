// A project with nothing but pictures to rate and pairs to compare, made in a moment; its prompts are as long as asked.

import { join } from 'node:path';
import { encodePng } from '../../src/pictures/image.ts';
import { imageId, insertImages } from '../../src/project/images/images.ts';
import { putModel } from '../../src/project/images/models.ts';
import { insertPrompts, promptId } from '../../src/project/images/prompts.ts';
import { createProject } from '../../src/project/project.ts';
import { addGuideline } from '../../src/project/rating/guidelines.ts';
import { createStudy } from '../../src/project/studies/studies.ts';
import { BASE_HASH } from '../../src/project/testing.ts';
import { random } from '../../src/util/random.ts';
import { renderScene } from '../../src/world/scenes/render.ts';
import { sampleAnyScene } from '../../src/world/scenes/scene.ts';

const WORDS = 'two small green dogs beside an old red bicycle in the rain before a crowded cafe at night '.split(' ');

/** A prompt of about so many characters, told apart by its number. */
function makePrompt(number: number, length: number): string {
  let text = `picture ${number}:`;
  for (let i = 0; text.length < length; i++) text += ` ${WORDS[i % WORDS.length]}`;
  return text;
}

/** Six prompts with two pictures each, and a study that compares them. */
export async function makeRatingProject(dir: string, promptLength: number): Promise<string> {
  const project = await createProject(join(dir, 'project'), { studio: { ratersPerImage: 2 } });
  const { db, images: blobs } = project;
  try {
    await addGuideline(db, 'Good shows what the prompt says.\nBad does not.');
    await putModel(db, { hash: BASE_HASH, kind: 'base', path: 'base' });
    const texts = Array.from({ length: 6 }, (_, i) => makePrompt(i, promptLength));
    await insertPrompts(
      db,
      texts.map((text) => ({ text, category: 'other', slots: {}, split: 'seen' as const })),
    );
    const images = await Promise.all(
      texts.flatMap((text, i) =>
        [0, 1].map(async (seed) => {
          const hash = await blobs.putBlob(await encodePng(renderScene(sampleAnyScene(random(i, 'rating', seed)))));
          const recipe = {
            sampler: 'ddim',
            steps: 1,
            guidanceScale: 1,
            modelHash: BASE_HASH,
            purpose: 'feedback' as const,
          };
          return { promptId: promptId(text), seed, ...recipe, hash };
        }),
      ),
    );
    await insertImages(db, images);
    await createStudy(db, {
      name: 'pairs',
      contestants: ['a', 'b'].map((name) => ({ name, kind: 'base' as const, modelHash: BASE_HASH })),
      config: {},
      ratersPerPair: 2,
      pairs: texts.map((text, i) => ({
        promptId: promptId(text),
        contestantA: 'a',
        contestantB: 'b',
        imageA: imageId(images[2 * i]!),
        imageB: imageId(images[2 * i + 1]!),
      })),
    });
  } finally {
    await project.close();
  }
  return join(dir, 'project');
}
