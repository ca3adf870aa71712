// What the cells of all experiments share: one set of images of the base model, their embeddings, and what the judge says
// of them. Drawn and embedded once; seeds differ in raters, splits and training.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { generateImages } from '../../method/feedback/generate.ts';
import { findModels } from '../../method/models.ts';
import { embedImages, embedTexts } from '../../method/reward/embeddings.ts';
import { openProjectClip } from '../../method/reward/score-images.ts';
import { type ProjectlessSession, requireWorld, type Session } from '../../method/session.ts';
import type { ClipEmbedder } from '../../models/inference/clip.ts';
import { chooseEngine } from '../../models/inference/device.ts';
import type { ConfigPatch } from '../../project/config/config.ts';
import { CONFIG_FILE } from '../../project/config/config-file.ts';
import { listImages } from '../../project/images/images.ts';
import { listPrompts, type Prompt } from '../../project/images/prompts.ts';
import { createProject, openProject, type Project } from '../../project/project.ts';
import type { Progress } from '../../util/progress.ts';
import type { World } from '../../world/world.ts';
import { drawEvaluationImages } from '../evaluation/draw.ts';
import { type DrawnImage, type JudgedImage, judgeImages } from '../evaluation/measure.ts';
import { planPrompts } from '../evaluation/plan.ts';

/** An image of the pool with its prompt and the judge's opinion. */
export interface PoolImage {
  readonly id: string;
  readonly hash: string;
  readonly prompt: Prompt;
  readonly truth: JudgedImage['answer'];
  readonly asked: JudgedImage['asked'];
  readonly seen: Pick<JudgedImage['seen'], 'parts' | 'confidence'>;
}

export interface ImagePool {
  readonly world: World;
  readonly project: Project;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Images of seen prompts, in the order of their identity. */
  readonly seen: readonly PoolImage[];
  /** Images of development prompts, or of unseen ones where there are none, equally many of each. */
  readonly unseen: readonly PoolImage[];
  /** Of the models that decide all figures. */
  readonly hashes: { readonly model: string; readonly clip: string; readonly judge: string };
  /** E, the width of an embedding. */
  readonly width: number;
  image(hash: string): Float32Array;
  texts(texts: readonly string[]): Promise<ReadonlyMap<string, Float32Array>>;
  dispose(): Promise<void>;
}

export interface PoolOptions {
  readonly dir: string;
  readonly config: ConfigPatch;
  /** Images of each unseen prompt. */
  readonly perUnseen: number;
  /** The judge's folder, by default the one that ships with the package. */
  readonly judgeDir?: string | undefined;
}

/** Opens the pool, drawing and embedding what is not there yet. */
export async function openImagePool(session: ProjectlessSession, options: PoolOptions): Promise<ImagePool> {
  const { dir, config } = options;
  const project = existsSync(join(dir, CONFIG_FILE)) ? await openProject(dir) : await createProject(dir, config);
  const lock = await project.lock('experiment');
  try {
    return await fillPool({ ...session, project }, options, async () => {
      lock.release();
      await project.close();
    });
  } catch (error) {
    lock.release();
    await project.close();
    throw error;
  }
}

async function fillPool(session: Session, options: PoolOptions, close: () => Promise<void>): Promise<ImagePool> {
  const { project, progress } = session;
  const world = requireWorld(session, 'experiment');
  const { modelHash } = await generateImages(session);
  const engine = await chooseEngine(project.config, progress.note);
  const all = await listPrompts(project.db);
  const chosen = planPrompts(all, {
    perCategory: project.config.evaluate.promptsPerCategory,
    seed: project.config.seed,
  });
  // Development prompts where there are any: what is chosen here is not to be chosen on the test set.
  const unseenPrompts = chosen.filter(({ split }) => split !== 'seen');
  const [model] = await findModels(project, []);
  const job = { model: model!, prompts: unseenPrompts, perPrompt: options.perUnseen };
  const drawn = await drawEvaluationImages(job, { ...session, judgedBy: world, engine });
  const feedback = await listImages(project.db, { purpose: 'feedback', modelHash, split: 'seen' });
  const place = new Map(all.map(({ id }, i) => [id, i]));
  const seenImages = feedback.map(({ id, hash, seed, promptId }) => ({ id, hash, seed, prompt: place.get(promptId)! }));
  const judge = await world.openJudge(engine, options.judgeDir);
  const clip = await openProjectClip(session);
  try {
    const ask = async (images: readonly DrawnImage[], prompts: readonly Prompt[]): Promise<PoolImage[]> =>
      (await judgeImages(images, prompts, { ...session, world, judge, blobs: project.images })).map(
        ({ id, hash, prompt, answer, asked, seen: { parts, confidence } }) => ({
          id,
          hash,
          prompt: prompts[prompt]!,
          truth: answer,
          asked,
          seen: { parts, confidence },
        }),
      );
    progress.stage('judge', seenImages.length + drawn.length);
    const seen = await ask(seenImages, all);
    const unseen = await ask(drawn, unseenPrompts);
    progress.done();
    const vectors = await embedImages(session, clip, [...new Set([...seen, ...unseen].map(({ hash }) => hash))]);
    return {
      ...session,
      world,
      seen,
      unseen,
      hashes: { model: modelHash, clip: clip.encoderHash, judge: judge.hash },
      width: clip.width,
      image: (hash) => vectors.get(hash)!,
      texts: (texts) => embedTexts(session, clip, texts),
      async dispose() {
        await clip.dispose();
        await close();
      },
    };
  } catch (error) {
    await disposeQuietly(clip);
    throw error;
  } finally {
    await judge.dispose();
  }
}

/** An error of disposing must not hide the one that led to it. */
async function disposeQuietly(clip: ClipEmbedder): Promise<void> {
  await clip.dispose().catch(() => undefined);
}
