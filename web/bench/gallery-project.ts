// A project with as many images as are asked for, all of a few hundred pictures, for measuring pages.

import { storePrompts } from '../../src/method/feedback/prompts.ts';
import { encodePng } from '../../src/pictures/image.ts';
import { insertImages } from '../../src/project/images/images.ts';
import { putModel } from '../../src/project/images/models.ts';
import { createProject } from '../../src/project/project.ts';
import { random } from '../../src/util/random.ts';
import { renderScene } from '../../src/world/scenes/render.ts';
import { sampleAnyScene } from '../../src/world/scenes/scene.ts';

const PICTURES = 300;
const MODEL = 'b'.repeat(64);

/** Makes the project in `dir` and returns its folder. */
export async function makeGalleryProject(dir: string, count: number): Promise<string> {
  const project = await createProject(dir);
  const { db, config, images: blobs } = project;
  const prompts = (await storePrompts(db, config)).filter(({ split }) => split === 'seen');
  await putModel(db, { hash: MODEL, kind: 'base', path: 'embedded' });
  const pictures = Array.from({ length: PICTURES }, (_, i) =>
    encodePng(renderScene(sampleAnyScene(random(i, 'gallery')))),
  );
  const hashes = await Promise.all((await Promise.all(pictures)).map((bytes) => blobs.putBlob(bytes)));
  const images = Array.from({ length: count }, (_, i) => ({
    promptId: prompts[i % prompts.length]!.id,
    seed: i,
    sampler: 'ddim',
    steps: 20,
    guidanceScale: 3,
    modelHash: MODEL,
    purpose: 'feedback' as const,
    hash: hashes[i % PICTURES]!,
  }));
  await insertImages(db, images);
  await project.close();
  return dir;
}
