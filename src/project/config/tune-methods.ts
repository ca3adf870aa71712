// The ways to tune, as words and settings: what they do is in src/method/tuning/methods. Each has a section of its own in
// `tune`, so that a method adds keys without touching those of another.

import { z } from 'zod';
import { fields } from './fields.ts';
import { SAMPLER_CHOICES } from './samplers.ts';

const { positive, real, whole } = fields;

/** What people read of a method, and its own settings. */
export interface MethodWords {
  /** In a few words: `the U-Net learned by …`. */
  readonly title: string;
  /** One sentence for the model card, without its dot. */
  readonly about: string;
  readonly settings: z.ZodObject;
}

/** Keys that had another name, without a section, in earlier releases carry it as `former`: it is still read. */
export const TUNE_METHODS = {
  'reward-weighted': {
    title: 'reward-weighted likelihood',
    about: 'reward-weighted likelihood: the denoising loss of each image, multiplied by its weight',
    settings: z.strictObject({}),
  },
  sft: {
    title: 'supervised fine-tuning on the best images',
    about: 'supervised fine-tuning on the best of several images of each prompt',
    settings: z.strictObject({
      bestOf: whole(1, 10_000)
        .default(16)
        .describe('Of this many images of a prompt, the one that the reward likes best is learned.')
        .meta({ former: 'bestOf' }),
    }),
  },
  dpo: {
    title: 'Diffusion-DPO on pairs of a good and a bad image',
    about:
      'Diffusion-DPO: the denoising losses of a good and a bad image of one prompt told apart, relative to the base model',
    settings: z.strictObject({
      beta: positive(1e6)
        .default(2500)
        .describe(
          'How strongly a pair is told apart before the model is held to the base; half of the β of published code.',
        )
        .meta({ former: 'dpoBeta' }),
      soft: z
        .boolean()
        .default(false)
        .describe(
          'Pairs count by how many raters preferred which picture, ties too, in place of one winner and one loser.',
        ),
      capLoser: z
        .boolean()
        .default(false)
        .describe(
          'Hold back the worse picture of a pair where learning from it would undo what the better one teaches.',
        ),
      capMargin: real(0, 0.999)
        .default(0.9)
        .describe('With capLoser: how much of what the better picture teaches must be left, as in published code.'),
      ownNoise: whole(0, 1000)
        .default(0)
        .describe(
          'Learn from each picture with the noise that it really had, at so many moments of its drawing, replayed once; 0 draws other noise.',
        ),
    }),
  },
  ddpo: {
    title: 'a policy gradient',
    about:
      'a policy gradient (DDPO, with DPOK’s divergence from the base where it was weighed): pictures were drawn in rounds, and the steps of denoising that led to better ones made likelier',
    settings: z.strictObject({
      prompts: whole(1, 10_000)
        .default(8)
        .describe('Prompts whose pictures are drawn in a round.')
        .meta({ former: 'policyPrompts' }),
      images: whole(2, 1000)
        .default(4)
        .describe('Pictures of each of them, which are compared with one another.')
        .meta({ former: 'policyImages' }),
      steps: whole(1, 100_000)
        .default(20)
        .describe('Steps of the optimiser that learn from one round; checkpoints come at ends of rounds.')
        .meta({ former: 'policySteps' }),
      denoisingSteps: whole(1, 1000)
        .default(10)
        .describe('Denoising steps of a picture, by DDIM with noise.')
        .meta({ former: 'policyDenoisingSteps' }),
      guidance: real(0, 30)
        .default(3)
        .describe('Guidance scale by which pictures are drawn and learned from; 1 is without.')
        .meta({ former: 'policyGuidance' }),
      clipRange: positive(1)
        .default(1e-4)
        .describe('The ratio of likelihoods counts within 1 ± this, as in published code.')
        .meta({ former: 'clipRange' }),
      klWeight: real(0, 1e6)
        .default(0)
        .describe('Weight of the divergence from the model before tuning, which makes it DPOK; 0 leaves it out.')
        .meta({ former: 'klWeight' }),
    }),
  },
  kto: {
    title: 'Diffusion-KTO on good and bad images',
    about:
      'Diffusion-KTO: the denoising losses of good images pulled below, and those of bad ones pushed above, what they were under the base model',
    settings: z.strictObject({
      beta: positive(1e6)
        .default(5000)
        .describe('How soon an image counts as learned before the model is held to the base; as in published code.'),
      goodShare: real(0.01, 0.99).default(0.8).describe('Share of the images in a batch that are good.'),
      goodWeight: real(0, 1000).default(1).describe('What a good image counts by.'),
      badWeight: real(0, 1000).default(1).describe('What a bad image counts by.'),
      window: whole(1, 1000)
        .default(16)
        .describe(
          'Steps over whose images the mean gain is taken that others are measured against; 1 is this step alone.',
        ),
    }),
  },
  nft: {
    title: 'negative-aware fine-tuning',
    about:
      'negative-aware fine-tuning (DiffusionNFT): the denoising loss of good images, and that of the mirrored model on bad ones',
    settings: z.strictObject({
      source: z
        .enum(['answers', 'reward', 'rounds'])
        .default('answers')
        .describe(
          'What says how good an image is: people’s answers, the reward function (read by tune.weights), or the reward function of pictures that are drawn in rounds.',
        ),
      beta: positive(100)
        .default(1)
        .describe('How far the good and the mirrored model lie from the old one; less is bolder.'),
      klWeight: real(0, 1e6)
        .default(1e-4)
        .describe('Weight of the distance to the model before tuning; 0 leaves it out.'),
      prompts: whole(1, 10_000).default(8).describe('In rounds: prompts whose pictures are drawn in a round.'),
      images: whole(2, 1000)
        .default(4)
        .describe('In rounds: pictures of each of them, which are compared with one another.'),
      steps: whole(1, 100_000)
        .default(20)
        .describe('In rounds: steps of the optimiser that learn from one round; checkpoints come at ends of rounds.'),
      sampler: z
        .enum(SAMPLER_CHOICES)
        .default('dpm-solver')
        .describe('In rounds: how noise becomes a picture, without guidance.'),
      denoisingSteps: whole(1, 1000).default(10).describe('In rounds: denoising steps of a picture.'),
    }),
  },
  contrast: {
    title: 'two LoRAs, one from good and one from bad images',
    about:
      'the difference of two LoRAs, one learned from good images and one from bad, added at a strength that may be chosen',
    settings: z.strictObject({
      strength: real(0, 100)
        .default(1)
        .describe('What the difference of the two LoRAs is multiplied by in the model that is saved.'),
    }),
  },
  refl: {
    title: 'the slope of the reward itself',
    about:
      'reward feedback learning (ReFL): the reward’s slope, followed back through its encoder, the autoencoder and one late step of denoising',
    settings: z.strictObject({
      weight: positive(1e6)
        .default(1e-3)
        .describe('What the reward counts by beside the pre-training pairs, as in published code.'),
      target: real(-100, 100).default(1).describe('A picture whose reward reaches this teaches no more.'),
      denoisingSteps: whole(2, 1000).default(40).describe('Denoising steps of a picture, without guidance.'),
      lateShare: real(0.01, 1)
        .default(0.25)
        .describe('The one step that learns is drawn from so much of the end of them.'),
      steps: whole(1, 100_000)
        .default(10)
        .describe(
          'Steps of the optimiser whose pictures the model as it is before them begins; checkpoints come at ends of such rounds. 1 as in published code.',
        ),
      unwatched: z
        .boolean()
        .default(false)
        .describe(
          'Follow the reward without the held-out alarm: nothing then tells when pictures please the reward function alone.',
        ),
    }),
  },
} as const satisfies Readonly<Record<string, MethodWords>>;

/** The name of a way to tune, as `tune.method` has it. */
export type MethodName = keyof typeof TUNE_METHODS;

export const METHOD_NAMES = Object.keys(TUNE_METHODS) as [MethodName, ...MethodName[]];

/** What is said of the method of this name; of one that this release does not know, its name. */
export function describeMethod(name: string): Pick<MethodWords, 'title' | 'about'> {
  return Object.hasOwn(TUNE_METHODS, name) ? TUNE_METHODS[name as MethodName] : { title: name, about: name };
}

type Sections = { [N in MethodName]: z.ZodPrefault<(typeof TUNE_METHODS)[N]['settings']> };

/** A section for each method, for the schema of `tune`. */
export function methodSections(): Sections {
  const sections = METHOD_NAMES.map((name) => {
    const { settings, title } = TUNE_METHODS[name];
    return [name, (settings as z.ZodObject).prefault({}).describe(`Of ${name}: ${title}.`)] as const;
  });
  return Object.fromEntries(sections) as Sections;
}
