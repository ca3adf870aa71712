// The stages of pre-training, in the order in which they need each other, and a record of what they took.

import { existsSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic } from '../../util/files.ts';
import type { Faults, FaultsName } from './captions.ts';
import { pretrainClip } from './clip.ts';
import { pretrainJudge } from './judge.ts';
import { firstRecipe, type Recipe, type StageNumbers, secondRecipe } from './recipe.ts';
import { type PretrainContext, readJson } from './stage.ts';
import { pretrainUnet, pretrainUnetAgain } from './unet.ts';
import { pretrainVae } from './vae.ts';

export const STAGES = ['judge', 'judge-2', 'vae', 'clip', 'unet', 'unet-again'] as const;
export type StageName = (typeof STAGES)[number];

const RUNNERS: Readonly<Record<StageName, (context: PretrainContext, recipe: Recipe) => Promise<void>>> = {
  judge: (context, { judge }) => pretrainJudge(context, judge.design, judge),
  'judge-2': async (context, { secondJudge }) => {
    if (secondJudge) await pretrainJudge(context, secondJudge.design, secondJudge);
  },
  vae: pretrainVae,
  clip: pretrainClip,
  unet: pretrainUnet,
  'unet-again': pretrainUnetAgain,
};

/** Stages that learn from captions. */
const CAPTIONED: readonly StageName[] = ['clip', 'unet', 'unet-again'];

/** What a recipe calls the numbers of a stage. */
const NUMBERS = {
  judge: 'judge',
  'judge-2': 'secondJudge',
  vae: 'vae',
  clip: 'clip',
  unet: 'unet',
  'unet-again': 'unetAgain',
} as const satisfies Record<StageName, keyof Recipe>;

export interface PretrainOptions extends PretrainContext {
  readonly stages: readonly StageName[];
  /** Instead of each stage's own number of steps. */
  readonly steps?: number;
  /** Whose models. */
  readonly world: 'embedded-1' | 'embedded-2';
  /** How captions of `embedded-2` are wrong; default `over`. */
  readonly faults?: FaultsName;
}

/** What a stage took, of the last process that worked on it. */
export interface StageRecord extends StageNumbers {
  /** Seed of its data, noise and initial weights; absent in what earlier releases wrote. */
  readonly seed?: number;
  /** Of the captions that it learned from; absent where it had none, and in what earlier releases wrote. */
  readonly faults?: Faults;
  /** The recipe's other settings of the stage; absent in what earlier releases wrote. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  readonly seconds: number;
  /** The mean loss of its last hundred steps; null where it was done before. */
  readonly loss: number | null;
  /** Of a stage that goes on from its own weights: the cycles before, the first one first. */
  readonly before?: readonly StageRecord[];
}

export interface PretrainSummary {
  readonly world: string;
  readonly faults: string;
  /** That of the last process; each stage has its own. */
  readonly seed: number;
  readonly machine: string;
  readonly stages: Record<string, StageRecord>;
}

/**
 * Trains the stages that are asked for and writes `pretraining.json` beside the models. Interrupted, it goes on from the
 * states in `work`; the same seed gives the same bytes.
 */
export async function pretrain(options: PretrainOptions): Promise<PretrainSummary> {
  const { stages, steps, world, faults = 'over', ...context } = options;
  const own = world === 'embedded-1' ? firstRecipe() : secondRecipe(faults);
  const recipe = steps === undefined ? own : shorten(own, steps);
  const path = join(context.out, 'pretraining.json');
  // Read anew at each write: another process may train another stage of the same models.
  const recorded = () => (existsSync(path) ? readRecords(path) : {});
  const machine = `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'an unnamed processor'}`;
  const summary = { world: recipe.scenery.name, faults, seed: context.seed, machine, stages: recorded() };
  for (const stage of stages) {
    const numbers = numbersOf(recipe, stage);
    if (!numbers) continue;
    const losses: number[] = [];
    const start = performance.now();
    const onStep: PretrainContext['onStep'] = async (name, report, total) => {
      losses.push(report.loss);
      await context.onStep?.(name, report, total);
    };
    await RUNNERS[stage]({ ...context, onStep }, recipe);
    const last = losses.slice(-100);
    const loss = last.length === 0 ? null : Number((last.reduce((a, b) => a + b) / last.length).toFixed(5));
    const seconds = Math.round((performance.now() - start) / 1000);
    const stages = recorded();
    // A stage that was done before took nothing.
    if (loss === null && stages[stage]) continue;
    const cycles = stage === 'unet-again' ? cyclesOf(stages[stage]) : [];
    const record = {
      ...numbers,
      settings: settingsOf(recipe, stage),
      seed: context.seed,
      ...(CAPTIONED.includes(stage) && { faults: recipe.captioning.faults }),
      seconds,
      loss,
      ...(cycles.length > 0 && { before: cycles }),
    };
    summary.stages = { ...stages, [stage]: record };
    writeFileAtomic(path, `${JSON.stringify(summary, null, 2)}\n`);
  }
  return summary;
}

function cyclesOf(record: StageRecord | undefined): StageRecord[] {
  if (!record) return [];
  const { before = [], ...latest } = record;
  return [...before, latest];
}

function numbersOf(recipe: Recipe, stage: StageName): StageNumbers | undefined {
  const numbers = recipe[NUMBERS[stage]];
  return numbers && { steps: numbers.steps, batch: numbers.batch, learningRate: numbers.learningRate };
}

function settingsOf(recipe: Recipe, stage: StageName): Record<string, string | number | boolean> {
  const {
    steps: _,
    batch: __,
    learningRate: ___,
    ...others
  } = { ...recipe[NUMBERS[stage]] } as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(others).filter(
      (entry): entry is [string, string | number | boolean] => typeof entry[1] !== 'object',
    ),
  );
}

/** Of a few steps each; the U-Net then has no more scenes than it meets. */
function shorten(recipe: Recipe, steps: number): Recipe {
  const { judge, secondJudge, vae, clip, unet, unetAgain } = recipe;
  const scenes = Math.min(unet.scenes, 64 * Math.ceil((steps * unet.batch) / 64));
  return {
    ...recipe,
    judge: { ...judge, steps },
    ...(secondJudge && { secondJudge: { ...secondJudge, steps } }),
    vae: { ...vae, steps },
    clip: { ...clip, steps },
    unet: { ...unet, steps, scenes },
    ...(unetAgain && { unetAgain: { ...unetAgain, steps, scenes } }),
  };
}

/** The stages of a record; what an older release wrote, or another program, counts as none. */
function readRecords(path: string): Record<string, StageRecord> {
  const { stages } = readJson(path);
  return typeof stages === 'object' && stages !== null ? (stages as Record<string, StageRecord>) : {};
}
