// Settings that were set and mean nothing to a run: what a person changed is either used, or said not to be.

import { configSchema } from '../../project/config/config.ts';
import { METHOD_NAMES } from '../../project/config/tune-methods.ts';
import { methodOf } from './methods/methods.ts';
import { type TuneSettings, usesPairs } from './mixture.ts';

/** Settings that depend on others, whatever the method. */
const DEPENDENT: readonly (readonly [keys: readonly string[], isUsed: (settings: TuneSettings) => boolean])[] = [
  [['loraAlpha', 'loraTargets'], ({ loraRank }) => loraRank > 0],
  [['localSteps', 'outerLearningRate', 'outerMomentum'], ({ workers }) => workers > 0],
  [['doubt'], ({ weights }) => weights === 'lower-bound'],
  [['weightTemperature'], ({ weighting }) => weighting === 'exponential'],
  [['weightThreshold'], ({ weighting }) => weighting === 'threshold'],
  [['pretrainPairs'], usesPairs],
  [['fidelityBound', 'stopPatience'], ({ samplePrompts, samplesEvery }) => samplePrompts > 0 && samplesEvery > 0],
];

/** Such as `['weights', 'dpo.beta']`, of settings that are not as they are by default. */
export function listIgnored(settings: TuneSettings): string[] {
  const others = METHOD_NAMES.filter((name) => name !== settings.method);
  const idle = [
    ...(methodOf(settings).ignores?.(settings) ?? []),
    ...DEPENDENT.flatMap(([keys, isUsed]) => (isUsed(settings) ? [] : keys)),
    ...others.flatMap((name) => Object.keys(settings[name]).map((key) => `${name}.${key}`)),
  ];
  const { tune: usual } = configSchema.parse({});
  return [...new Set(idle)].filter((key) => read(settings, key) !== read(usual, key));
}

function read(settings: TuneSettings, key: string): string {
  const value = key.split('.').reduce<unknown>((parent, name) => (parent as Record<string, unknown>)[name], settings);
  return JSON.stringify(value);
}
