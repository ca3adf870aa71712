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
  /** What the network predicts of noised latents. */
  readonly prediction: 'epsilon' | 'v_prediction';
  /**
   * Where it is more than 0, a velocity's error counts `(min(SNR, cap) + 1) / (SNR + 1)`: an error of the clean latents counts SNR + 1
   * (Salimans & Ho, 2022, section 4), but no more than `cap + 1` where hardly any noise is left. 0 gives every timestep the same.
   */
  readonly snrCap: number;
  /** Whether the text encoder, which starts as CLIP's text tower, learns along (Rombach et al., 2022, equation 3). */
  readonly textLearns: boolean;
  /** How often scenes of one subject are drawn, those of every other count being drawn once. */
  readonly singles: number;
}

const FIRST_LOSS = { prediction: 'epsilon', snrCap: 0, textLearns: false, singles: 1 } as const;
const SECOND_LOSS = { prediction: 'v_prediction', snrCap: 5, textLearns: true, singles: 2 } as const;

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
    unet: { steps: 5000, batch: 32, learningRate: 1e-3, scenes: 32768, ...FIRST_LOSS },
  };
}

/** The recipe of the 48×48 world, with the faults of a name. */
export function secondRecipe(faults: FaultsName): Recipe {
  const { grammar } = secondScenery;
  const unet = { steps: 11000, batch: 16, learningRate: 1.5e-3, scenes: 20480, ...SECOND_LOSS };
  return {
    scenery: secondScenery,
    captioning: { grammar, faults: FAULTS[faults], heldOut: poolTest(grammar), redraws: 'caption' },
    configs: SECOND_CONFIGS,
    judge: { design: LOOKING_JUDGE, steps: 3600, batch: 64, learningRate: 2e-3 },
    secondJudge: { design: EVALUATING_JUDGE, steps: 5000, batch: 64, learningRate: 2e-3 },
    vae: { steps: 1500, batch: 8, learningRate: 2e-3, divergence: 1e-4 },
    clip: { steps: 2400, batch: 64, learningRate: 1e-3, randomPairs: 34 },
    unet,
    unetAgain: unet,
  };
}
