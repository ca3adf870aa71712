// Settings to start a project from, by name: what a newcomer would otherwise have to find in tables of results.

import type { ConfigPatch } from '../../project/config/config.ts';
import { writeGrammar } from '../../project/prompts/grammar-input.ts';
import { DEMO_CONFIG } from './demo.ts';
import { LARGER } from './recipes/larger.ts';
import { ours } from './recipes/ours.ts';

export interface Preset {
  /** One line of help. */
  readonly about: string;
  readonly config: ConfigPatch;
}

type GrammarPatch = NonNullable<NonNullable<ConfigPatch['prompts']>['grammar']>;

const { seed: _seed, ...demo } = DEMO_CONFIG;

export const PRESETS = {
  demo: { about: 'what `collimate demo` runs: minutes on two cores', config: demo },
  paper: {
    about:
      'what the paper has, for a large model: a grammar of its size, the reward on plain embeddings, the whole schedule',
    config: {
      prompts: { grammar: writeGrammar('paper') as GrammarPatch, developmentPerCategory: 20 },
      reward: { features: 'concat', hiddenWidth: 1024, lambda: 0.5 },
      tune: { weighting: 'linear', sampling: 'uniform', timestepRange: [0, 1], learningRate: 1e-5 },
    },
  },
  best: {
    about: 'what gained most in docs/results: more pictures and 1,500 steps, hours on two cores',
    config: ours.config,
  },
  larger: {
    about: 'the larger world, by negative-aware fine-tuning: some ten minutes or more on two cores',
    config: LARGER,
  },
} as const satisfies Readonly<Record<string, Preset>>;

export type PresetName = keyof typeof PRESETS;
export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];
