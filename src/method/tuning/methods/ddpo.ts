// Policy gradients over the steps of denoising (DDPO, DPOK): pictures are drawn in rounds, and the reward judges them.

import { plural } from '../../../util/text.ts';
import { makeBatches } from '../batches.ts';
import { selectImages } from '../images.ts';
import { usesPairs } from '../mixture.ts';
import { createPolicy } from '../policy/policy.ts';
import { checkRounds } from '../policy/rounds.ts';
import { type PolicyStepOptions, policyBatch, policyStep } from '../policy/step.ts';
import { describeBatch } from './describe-batch.ts';
import type { StepContext, TuningMethod } from './method.ts';
import { batchOptions, WEIGHING } from './on-images.ts';

export const ddpo: TuningMethod = {
  compares: true,
  learnsFrom: () => 'prompts',
  ignores: (settings) => [
    ...[...WEIGHING, 'weights', 'doubt', 'timestepRange'],
    ...(usesPairs(settings) ? [] : ['captionDropout']),
  ],
  usesAnswers: ({ weights }) => weights === 'label',
  checkProcess: ({ ddpo: { denoisingSteps } }, process) => void process.transitions(denoisingSteps),
  select: (source) => selectImages(source),
  step(context) {
    const options = stepOptions(context);
    return {
      batch: policyBatch(options, context.latentShape, context.conditionShapes),
      loss: policyStep(context.pipeline, options),
    };
  },
  async open(run) {
    checkRounds(run.settings, 'ddpo');
    const policy = createPolicy({ ...run, score: run.judge!.score });
    return {
      prepare: (t, saveWeights) => policy.prepare(t, saveWeights),
      batches: makeBatches(run.data, { ...batchOptions(run), drawImages: (t) => policy.draw(t) }),
      figures: () => ({ mean_reward: policy.meanReward() }),
      dispose: () => policy.dispose(),
    };
  },
  describe(plan, settings) {
    const { prompts, images, steps } = settings.ddpo;
    return [
      `ddpo: rounds of ${plural(images, 'picture')} of each of ${plural(Math.min(plan.prompts, prompts), 'prompt')}, judged by the reward function`,
      `each step: ${plural(plan.imagesPerStep, 'step')} of denoising${describeBatch(plan, settings)}`,
      `${plural(plan.steps, 'step')}: ${plural(Math.ceil(plan.steps / steps), 'round')}`,
    ];
  },
  trials: [
    { name: 'DDPO', patch: { learningRate: 1e-4 } },
    { name: 'DDPO, faster', patch: { learningRate: 3e-4 } },
    { name: 'DPOK', patch: { learningRate: 1e-4, ddpo: { klWeight: 1 } } },
  ],
};

function stepOptions({ mixture, settings }: Pick<StepContext, 'mixture' | 'settings'>): PolicyStepOptions {
  const { beta, gradientCheckpointing } = settings;
  const { clipRange, klWeight, guidance } = settings.ddpo;
  return { ...mixture, beta, gradientCheckpointing, clipRange, klWeight, guidance };
}
