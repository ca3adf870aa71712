// Negative-aware fine-tuning on pictures that an old model, a slow average of the learned one, draws in rounds. Any sampler
// does, and no likelihoods are asked for.

import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openSafetensors } from '../../../engine/weights/safetensors.ts';
import { toFloat32 } from '../../../engine/weights/tensor.ts';
import { writeSafetensors } from '../../../engine/weights/write-safetensors.ts';
import { denoise, initialLatents } from '../../../models/diffusion/denoise.ts';
import { createDecoder } from '../../../models/inference/decoder.ts';
import { latentSizes } from '../../../models/inference/latents.ts';
import { createPredictor } from '../../../models/inference/predictor.ts';
import { random } from '../../../util/random.ts';
import { makeBatches } from '../batches.ts';
import { tellSizes } from '../dataset.ts';
import { type FrozenModel, openFrozenModel } from '../frozen.ts';
import { advantagesOf } from '../policy/advantages.ts';
import { conditionsOfRows } from '../policy/policy.ts';
import { keepRound, readRound, roundFile, writeRound } from '../policy/rounds.ts';
import { drawingPrecision } from '../precision.ts';
import type { Learner, MethodRun } from './method.ts';
import { batchOptions, LABELLED } from './on-images.ts';
import { reachOf } from './reach.ts';

/** Pictures of a round, one a row. */
interface Round {
  readonly latents: Float32Array;
  readonly texts: Float32Array;
  readonly quality: Float32Array;
  readonly rewards: Float32Array;
}

/** Advantages are cut at ±5, which is 0 and 1 as a quality. */
const MOST = 5;

interface Current {
  readonly number: number;
  readonly round: Round;
  readonly old: FrozenModel;
  readonly batches: ReturnType<typeof makeBatches>;
}

/** @param hasAnchor whether the loss holds the model to the one before tuning */
export async function openNftRounds(run: MethodRun, hasAnchor: boolean): Promise<Learner> {
  const { settings, data, runDir } = run;
  const { steps } = settings.nft;
  const base = hasAnchor ? await openFrozenModel(run) : undefined;
  let current: Current | undefined;

  async function enter(number: number): Promise<Current> {
    const round = readRound<Round>(roundFile(runDir, number), number);
    const sizes = tellSizes(run.pipeline, new Array(round.texts.length).fill(undefined), run.settings.fit);
    const images = { latents: round.latents, texts: Int32Array.from(round.texts), weights: round.quality, ...sizes };
    const batches = makeBatches({ ...data, images }, { ...batchOptions(run), ...LABELLED });
    return { number, round, batches, old: await openFrozenModel(run, oldFolder(runDir, number)) };
  }

  return {
    async prepare(t, saveWeights) {
      const number = Math.floor((t - 1) / steps);
      if (current?.number === number) return;
      await current?.old.dispose();
      current = undefined;
      if ((t - 1) % steps === 0) {
        await ageOld(runDir, number, saveWeights);
        writeRound(roundFile(runDir, number), { ...(await drawRound(run, number)) });
        keepRound(runDir, roundFile(runDir, number));
        for (const name of readdirSync(runDir))
          if (/^old-\d+$/.test(name) && name !== `old-${number}`) rmSync(join(runDir, name), { recursive: true });
      }
      current = await enter(number);
    },
    async batches(t) {
      const { batches, old } = current!;
      const passes = [];
      for (const batch of batches(t))
        passes.push({
          ...batch,
          old: await old.outputs(batch),
          reach: reachOf(run, batch),
          ...(base && { anchor: await base.outputs(batch) }),
        });
      return passes;
    },
    figures() {
      const { rewards } = current!.round;
      return { mean_reward: rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length };
    },
    async dispose() {
      await current?.old.dispose();
      await base?.dispose();
    },
  };
}

function oldFolder(runDir: string, number: number): string {
  return join(runDir, `old-${number}`);
}

/** `old ← d·old + (1 − d)·learned` with `d = min(0.001·round, 0.5)`: before the first round it is the model as it is. */
async function ageOld(runDir: string, number: number, saveWeights: (folder: string) => Promise<void>): Promise<void> {
  const folder = oldFolder(runDir, number);
  const fresh = `${folder}.tmp`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  await saveWeights(fresh);
  const keep = Math.min(0.001 * number, 0.5);
  if (number > 0)
    for (const name of readdirSync(fresh).filter((file) => file.endsWith('.safetensors')))
      mixFiles(join(oldFolder(runDir, number - 1), name), join(fresh, name), keep);
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
}

/** Writes `keep·before + (1 − keep)·now` in place of `now`. */
function mixFiles(before: string, now: string, keep: number): void {
  const [a, b] = [openSafetensors(before), openSafetensors(now)];
  try {
    const mixed = b.names().map((name) => {
      const [older, newer] = [toFloat32(name, a.read(name)), toFloat32(name, b.read(name))];
      return [
        name,
        { ...newer, data: newer.data.map((value, i) => keep * older.data[i]! + (1 - keep) * value) },
      ] as const;
    });
    writeSafetensors(now, new Map(mixed), { metadata: { format: 'pt' } });
  } finally {
    a.close();
    b.close();
  }
}

/** Pictures of the old model without guidance, with their quality `½ + ½·A/5` among those of their prompt. */
async function drawRound(run: MethodRun, number: number): Promise<Round> {
  const { pipeline, process, data, settings, seed, runDir, engine, judge } = run;
  const { prompts: most, images, sampler: name, denoisingSteps } = settings.nft;
  const sizes = latentSizes(pipeline);
  const known = [...new Set(data.images.texts)].sort((a, b) => a - b);
  const prompts = random(seed, 'nft', 'prompts', number).shuffle(known).slice(0, most);
  const rows = prompts.flatMap((row) => new Array<number>(images).fill(row));
  const shapes = data.conditionShapes;
  const predictor = createPredictor({
    model: pipeline,
    weights: oldFolder(runDir, number),
    shapes,
    engine,
    half: drawingPrecision(settings),
  });
  const decoder = createDecoder(pipeline, rows.length, engine);
  try {
    const sampler = process.sampler(name, denoisingSteps);
    const streams = (...path: (string | number)[]) =>
      rows.map((_, i) => random(seed, 'nft', 'noise', number, i, ...path));
    const conditions = conditionsOfRows(run, rows);
    const latents = await denoise({
      sampler,
      init: initialLatents(streams(), sizes.length, sampler.initNoiseScale),
      noise: (step) => initialLatents(streams('step', step), sizes.length, 1),
      guidanceScale: 1,
      predict: async (noisy, timestep) => ({
        conditional: await predictor.predict(noisy, timestep, conditions, rows.length),
      }),
    });
    const pictures = (await decoder.decode(latents)).map((rgb) => ({ rgb, ...sizes.picture }));
    const asked = rows.map((row) => data.prompts[row]!);
    const rewards = Float32Array.from(await judge!.score(pictures, asked));
    const quality = advantagesOf(rewards, rows).map((advantage) => 0.5 + advantage / (2 * MOST));
    return { latents, texts: Float32Array.from(rows), quality, rewards };
  } finally {
    await predictor.dispose();
    await decoder.dispose();
  }
}
