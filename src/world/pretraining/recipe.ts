// What the models of a world are made by: its scenery, the faults of its captions, the architectures and the numbers of
// each stage, as data.

import { heldOutTest } from '../../project/prompts/held-out.ts';
import { poolTest } from '../../project/prompts/pool.ts';
import { splitPrompts } from '../../project/prompts/split.ts';
import { EVALUATING_JUDGE, JUDGE, type JudgeDesign, LOOKING_JUDGE } from '../judge/designs.ts';
import { type Scenery, scenery, secondScenery } from '../scenes/scenery.ts';
import { type Captioning, FAULTS, type FaultsName, FIRST_FAULTS } from './captions.ts';
import { CONFIGS, type ModelConfigs, SECOND_CONFIGS } from './configs.ts';

/** Steps, batch and learning rate of a stage. */
export interface StageNumbers {
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number;
}

export interface Recipe {
  readonly scenery: Scenery;
  readonly captioning: Captioning;
  readonly configs: ModelConfigs;
  readonly judge: StageNumbers & { readonly design: JudgeDesign };
  /** The judge that only evaluates, where there is one. */
  readonly secondJudge?: StageNumbers & { readonly design: JudgeDesign };
  readonly vae: StageNumbers & {
    /** Weight of the divergence from N(0, 1), which keeps latents in one range (Rombach et al., 2022, appendix G). */
    readonly divergence: number;
  };
  readonly clip: StageNumbers & {
    /** How many of a batch are random pairs; the rest are scenes in groups that differ in their count alone. */
    readonly randomPairs: number;
  };
  readonly unet: UnetNumbers;
  /** The U-Net's second cycle, where there is one: from the published weights of the first, with new moments. */
  readonly unetAgain?: UnetNumbers;
}

export interface UnetNumbers extends StageNumbers {
  /** How many scenes there are, a multiple of 64. */
  readonly scenes: number;
  /** γ of min-SNR weights (Hang et al., 2023); 0 gives every timestep the same. */
  readonly minSnr: number;
  /** How much the loss counts latents of subjects, those of places counting 1. */
  readonly subjectWeight: number;
}

/** The recipe of the 32×32 world of the first releases. */
export function firstRecipe(): Recipe {
  const { grammar } = scenery;
  return {
    scenery: scenery,
    captioning: { grammar, faults: FIRST_FAULTS, heldOut: heldOutTest(splitPrompts({ grammar })), redraws: 'scene' },
    configs: CONFIGS,
    judge: { design: JUDGE, steps: 3400, batch: 64, learningRate: 2e-3 },
    vae: { steps: 2000, batch: 16, learningRate: 2e-3, divergence: 1e-5 },
    clip: { steps: 2800, batch: 96, learningRate: 1e-3, randomPairs: 48 },
    unet: { steps: 5000, batch: 32, learningRate: 1e-3, scenes: 32768, minSnr: 0, subjectWeight: 1 },
  };
}

/** The recipe of the 48×48 world, with the faults of a name. */
export function secondRecipe(faults: FaultsName): Recipe {
  const { grammar } = secondScenery;
  const unet = { steps: 11000, batch: 16, learningRate: 1.5e-3, scenes: 20480, minSnr: 5, subjectWeight: 4 };
  return {
    scenery: secondScenery,
    captioning: { grammar, faults: FAULTS[faults], heldOut: poolTest(grammar), redraws: 'caption' },
    configs: SECOND_CONFIGS,
    judge: { design: LOOKING_JUDGE, steps: 3600, batch: 64, learningRate: 2e-3 },
    secondJudge: { design: EVALUATING_JUDGE, steps: 5000, batch: 64, learningRate: 2e-3 },
    vae: { steps: 1500, batch: 8, learningRate: 2e-3, divergence: 1e-4 },
    clip: { steps: 2400, batch: 64, learningRate: 1e-3, randomPairs: 34 },
    unet,
    unetAgain: { ...unet, subjectWeight: 2 },
  };
}
