// The pairs of docs/human-study: pictures of a project's base and tuned model, of the same unseen prompts and seeds, in a folder
// that `collimate evaluate human --pairs` takes.
//
//   node --import tsx bench/human-study.ts make PROJECT    a project as that folder's was: pictures, answers, reward and tuning by the
//                                                          command line in it (`generate`, `label --simulate`, `reward train`, `tune`)
//   node --import tsx bench/human-study.ts draw PROJECT [FOLDER] [MODEL]   MODEL is `tuned`, or such as `checkpoint-150`

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupByPrompt } from '../src/judging/evaluation/contestants.ts';
import { drawEvaluationImages } from '../src/judging/evaluation/draw.ts';
import { planPrompts } from '../src/judging/evaluation/plan.ts';
import { TUNE } from '../src/judging/experiments/recipes/ours.ts';
import { PAIRS_FILE, type PairFolder } from '../src/judging/verdict/pair-folder.ts';
import { findModels } from '../src/method/models.ts';
import { drawSettings } from '../src/models/inference/painter.ts';
import { decodePng, encodePng } from '../src/pictures/image.ts';
import { listImages } from '../src/project/images/images.ts';
import { listPrompts } from '../src/project/images/prompts.ts';
import { createProject, openProject } from '../src/project/project.ts';
import { createProgress } from '../src/util/progress.ts';
import { openWorld } from '../src/world/worlds/worlds.ts';

/** A seed of which nothing was ever looked at. */
const SEED = 11;
/** As many as the reproduction takes. */
const STEPS = 1500;
const PER_CATEGORY = 22;

async function make(dir: string): Promise<void> {
  const project = await createProject(dir, {
    seed: SEED,
    threads: 1,
    prompts: { count: 18, color: 24, background: 20, combination: 58, unseenPerCategory: 40 },
    generate: { imagesPerPrompt: 16, steps: 8, guidanceScale: 3, batchSize: 32 },
    tune: {
      ...TUNE,
      weighting: 'threshold',
      weightThreshold: 0.7,
      maxTrainSteps: STEPS,
      samplesEvery: 0,
      checkpointingSteps: 250,
    },
    evaluate: { promptsPerCategory: 24, imagesPerPrompt: 4, bestOf: 0 },
  });
  await project.close();
}

async function draw(dir: string, folder: string, model: string): Promise<void> {
  const project = await openProject(dir);
  const { config, db } = project;
  const session = {
    project,
    world: openWorld(config),
    progress: createProgress({ stream: process.stderr }),
    signal: new AbortController().signal,
    engine: { threads: 1 },
  };
  try {
    const prompts = planPrompts(await listPrompts(db), {
      perCategory: PER_CATEGORY,
      seed: config.seed,
      splits: ['unseen'],
    });
    const [base, tuned] = await findModels(project, [model]);
    mkdirSync(folder, { recursive: true });
    const drawn = [];
    for (const one of [tuned!, base!])
      drawn.push(
        groupByPrompt(await drawEvaluationImages({ model: one, prompts, perPrompt: 1 }, session), prompts.length),
      );
    const pairs: PairFolder['pairs'] = [];
    for (const [i, { text, category }] of prompts.entries()) {
      const number = String(i + 1).padStart(2, '0');
      const files: [string, string] = [`${number}-tuned.png`, `${number}-base.png`];
      for (const [place, file] of files.entries()) {
        const { rgb, width, height } = await decodePng(await project.images.getBlob(drawn[place]![i]![0]!.hash));
        writeFileSync(join(folder, file), await encodePng(rgb, width, height));
      }
      pairs.push({ prompt: text, category, split: 'unseen', seed: drawn[0]![i]![0]!.seed, files });
    }
    const rated = (await listImages(db, { purpose: 'feedback' })).length;
    const { sampler, steps, guidanceScale } = drawSettings(config.generate, base!.pipeline);
    const content: PairFolder = {
      version: 1,
      about: `The first embedded world: its base model, and ${model === 'tuned' ? 'the same' : `${model} of the same`} tuned over ${config.tune.maxTrainSteps} steps by simulated answers about ${rated} pictures (seed ${config.seed}); unseen prompts, one picture a side from the same seed.`,
      hypothesis:
        'By majority of nine people, the tuned model follows the prompt better than the base on more prompts than the other way round.',
      contestants: [
        { name: 'tuned', kind: 'tuned', modelHash: tuned!.hash },
        { name: 'base', kind: 'base', modelHash: base!.hash },
      ],
      sampler,
      steps,
      guidanceScale,
      seed: config.seed,
      pairs,
    };
    writeFileSync(join(folder, PAIRS_FILE), `${JSON.stringify(content, null, 1)}\n`);
  } finally {
    await project.close();
  }
}

const [what, dir = '.', folder = 'docs/human-study/pairs', model = 'tuned'] = process.argv.slice(2);
if (what === 'make') await make(dir);
else await draw(dir, folder, model);
