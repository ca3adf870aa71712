// How far the scores of a project's reward function move when CLIP computes in int8. By hand, on a project with images and a
// reward function that was trained in float32:
//
//   node --import tsx bench/clip-precision.ts PROJECT

import { openRewardModel } from '../src/method/reward/model.ts';
import { openClipEmbedder } from '../src/models/inference/clip.ts';
import { resolveClip } from '../src/models/inference/embedded.ts';
import { decodePng } from '../src/pictures/image.ts';
import { listImages } from '../src/project/images/images.ts';
import { listPrompts } from '../src/project/images/prompts.ts';
import { openProject } from '../src/project/project.ts';

const project = await openProject(process.argv[2] ?? '.');
const reward = await openRewardModel(project);
const images = await listImages(project.db, { purpose: 'feedback' });
const texts = new Map((await listPrompts(project.db)).map(({ id, text }) => [id, text]));
const pictures = await Promise.all(images.map(async ({ hash }) => decodePng(await project.images.getBlob(hash))));

async function scoresIn(precision: 'float32' | 'int8'): Promise<Float32Array> {
  const clip = await openClipEmbedder(resolveClip(project.config.clip, project.dir), { precision });
  const ofImages = await clip.embedImages(pictures);
  const ofTexts = await clip.embedTexts(images.map(({ promptId }) => texts.get(promptId)!));
  await clip.dispose();
  return reward.score(ofImages.map((imageEmbedding, i) => ({ imageEmbedding, textEmbedding: ofTexts[i]! })));
}

const [full, small] = [await scoresIn('float32'), await scoresIn('int8')];
const moved = Array.from(full, (score, i) => Math.abs(score - small[i]!)).sort((a, b) => a - b);
console.log(`images ${moved.length}`);
console.log(`mean   ${(moved.reduce((sum, x) => sum + x, 0) / moved.length).toFixed(4)}`);
console.log(`95 %   ${moved[Math.floor(0.95 * moved.length)]!.toFixed(4)}`);
console.log(`most   ${moved.at(-1)!.toFixed(4)}`);
await reward.dispose();
await project.close();
