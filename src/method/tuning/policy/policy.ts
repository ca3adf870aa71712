// Policy gradients in rounds: the model as it is draws pictures, the reward judges them, and some steps learn from the
// steps of denoising that led to them. A round's data is a file, so that a run goes on in the middle of one.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { guide } from '../../../models/diffusion/denoise.ts';
import type { NoiseProcess } from '../../../models/diffusion/process.ts';
import type { Conditions, DiffusionModel } from '../../../models/families/model.ts';
import { createDecoder } from '../../../models/inference/decoder.ts';
import type { EngineOptions } from '../../../models/inference/device.ts';
import { latentSizes } from '../../../models/inference/latents.ts';
import { createPredictor, type Predictor } from '../../../models/inference/predictor.ts';
import { random } from '../../../util/random.ts';
import { createSampleOrder, type Rows, type TuneData, takeConditions, takeRows } from '../batches.ts';
import type { Mixture, TuneSettings } from '../mixture.ts';
import { comparedPrecision } from '../precision.ts';
import { advantagesOf } from './advantages.ts';
import type { PictureScore } from './judge.ts';
import { rollOut } from './rollout.ts';
import { keepRound, readRound, roundFile, writeRound } from './rounds.ts';
import { noneOf } from './step.ts';

export interface PolicyOptions {
  readonly pipeline: DiffusionModel;
  readonly process: NoiseProcess;
  readonly data: TuneData;
  readonly settings: TuneSettings;
  readonly mixture: Mixture;
  readonly seed: number;
  readonly runDir: string;
  readonly engine: EngineOptions;
  readonly score: PictureScore;
}

export interface Policy {
  /** Draws the pictures of step `t`'s round where that is to be done; `saveWeights` writes those of the model as it is. */
  prepare(t: number, saveWeights: (folder: string) => Promise<void>): Promise<void>;
  /** Mean reward of the pictures of the round that was prepared last. */
  meanReward(): number;
  /** The rows of images of step `t`, which was prepared. */
  draw(t: number): Rows;
  dispose(): Promise<void>;
}

/** Columns of a round's file. */
type Column = 'latents' | 'target' | 'timesteps' | 'kappa' | 'before' | 'rewards' | 'advantages' | 'texts' | 'anchor';
type Round = Readonly<Partial<Record<Column, Float32Array>>> & { readonly timesteps: Float32Array };

export function createPolicy(options: PolicyOptions): Policy {
  const { settings, mixture, data, seed, runDir, pipeline, engine } = options;
  const { steps, klWeight } = settings.ddpo;
  const { images, passes } = mixture;
  const size = images * passes;
  const fileOf = (round: number) => roundFile(runDir, round);
  const roundOf = (t: number) => Math.floor((t - 1) / steps);
  const shapes = data.conditionShapes;
  const base =
    klWeight > 0
      ? createPredictor({ model: pipeline, weights: undefined, shapes, engine, half: comparedPrecision(settings) })
      : undefined;
  let current: { readonly number: number; readonly round: Round } | undefined;

  return {
    async prepare(t, saveWeights) {
      const number = roundOf(t);
      if (current?.number === number) return;
      const file = fileOf(number);
      if ((t - 1) % steps === 0) {
        const folder = join(runDir, 'policy');
        mkdirSync(folder, { recursive: true });
        await saveWeights(folder);
        writeRound(file, await collect(options, number, folder, base));
        rmSync(folder, { recursive: true, force: true });
        keepRound(runDir, file);
      }
      current = { number, round: readRound<Round>(file, number) };
    },
    meanReward() {
      const rewards = current!.round.rewards!;
      return rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
    },
    draw(t) {
      const { number, round } = current!;
      const rowAt = createSampleOrder(seed, `round-${number}`, round.timesteps.length);
      const first = ((t - 1) % steps) * size;
      return takeRound(
        round,
        options,
        Array.from({ length: size }, (_, i) => rowAt(first + i)),
      );
    },
    async dispose() {
      await base?.dispose();
    },
  };
}

/** Draws and judges the pictures of one round with the weights in `folder`. */
async function collect(options: PolicyOptions, number: number, folder: string, base?: Predictor): Promise<Round> {
  const { pipeline, process, data, settings, seed, engine, score } = options;
  const { prompts: most, images, denoisingSteps, guidance } = settings.ddpo;
  const sizes = latentSizes(pipeline);
  const known = [...new Set(data.images.texts)].sort((a, b) => a - b);
  const prompts = random(seed, 'policy', 'prompts', number).shuffle(known).slice(0, most);
  const rows = prompts.flatMap((row) => new Array<number>(images).fill(row));
  const predictor = createPredictor({
    model: pipeline,
    weights: folder,
    shapes: data.conditionShapes,
    engine,
    half: comparedPrecision(settings, { learned: true }),
  });
  const decoder = createDecoder(pipeline, rows.length, engine);
  try {
    const contexts = {
      conditional: conditionsOfRows(options, rows),
      empty: noConditions(options, rows.length),
    };
    const anchors: Float32Array[] = [];
    const { steps, latents } = await rollOut({
      transitions: process.transitions(denoisingSteps),
      streams: rows.map((_, i) => random(seed, 'policy', 'noise', number, i)),
      length: sizes.length,
      async predict(noisy, timestep) {
        const ask = (of: Predictor) => predictGuided(of, rows.length, noisy, timestep, contexts, guidance);
        if (base) anchors.push(await ask(base));
        return ask(predictor);
      },
    });
    const pictures = (await decoder.decode(latents)).map((rgb) => ({ rgb, ...sizes.picture }));
    const rewards = await score(
      pictures,
      rows.map((row) => data.prompts[row]!),
    );
    const advantages = advantagesOf(rewards, rows);
    const { pictures: of, ...rest } = steps;
    return {
      ...rest,
      rewards: Float32Array.from(of, (picture) => rewards[picture]!),
      advantages: Float32Array.from(of, (picture) => advantages[picture]!),
      texts: Float32Array.from(of, (picture) => rows[picture]!),
      // A step without noise is always the last one.
      ...(base && { anchor: joinAll(anchors).subarray(0, steps.latents.length) }),
    };
  } finally {
    await predictor.dispose();
    await decoder.dispose();
  }
}

async function predictGuided(
  predictor: Predictor,
  rows: number,
  latents: Float32Array,
  timestep: number,
  { conditional, empty }: { conditional: Conditions; empty: Conditions },
  scale: number,
): Promise<Float32Array> {
  const of = (conditions: Conditions) => predictor.predict(latents, timestep, conditions, rows);
  return scale > 1 ? guide(await of(empty), await of(conditional), scale) : of(conditional);
}

/** What the network is told of pictures that it draws for these rows of the texts, in the model's own size. */
export function conditionsOfRows({ data, pipeline }: RoundSource, rows: readonly number[]): Conditions {
  const { sizing, latent } = pipeline;
  const size = sizing?.of(latent.own, { left: 0, top: 0 }, latent.own);
  const told = size && { of: { [sizing!.name]: Float32Array.from(size) }, rows: rows.map(() => 0) };
  return takeConditions(data, rows, told);
}

/** The same where there is no prompt. */
function noConditions(source: RoundSource, count: number): Conditions {
  return conditionsOfRows(source, new Array<number>(count).fill(source.data.none ?? 0));
}

type RoundSource = Pick<PolicyOptions, 'data' | 'pipeline'>;

function joinAll(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The tensors of `policyBatch` for some steps of a round. */
function takeRound(round: Round, source: RoundSource & Pick<PolicyOptions, 'settings'>, rows: readonly number[]): Rows {
  const count = round.timesteps.length;
  const take = (column: Float32Array) => takeRows(column, column.length / count, rows);
  const { latents, target, timesteps, kappa, before, advantages, texts, anchor } = round;
  const of = rows.map((row) => texts![row]!);
  const tensors = {
    latents: take(latents!),
    target: take(target!),
    timesteps: take(timesteps),
    ...conditionsOfRows(source, of),
    weights: take(advantages!),
    kappa: take(kappa!),
    before: take(before!),
    ...(source.settings.ddpo.guidance > 1 &&
      Object.fromEntries(
        Object.entries(noConditions(source, of.length)).map(([name, values]) => [noneOf(name), values]),
      )),
    ...(anchor && { anchor: take(anchor) }),
  };
  return { count: rows.length, tensors };
}
