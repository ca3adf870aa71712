// The configuration of a project: one section a stage, one sentence a key. Everything else about a key (flags, their
// help, environment names, the JSON schema, the text of errors) is derived from here, so nothing can drift.

import { z } from 'zod';
import { EMBEDDED, isPostgresUrl } from './database-url.ts';
import { fields } from './fields.ts';
import { grammarSetting, wordLists } from './grammar-schema.ts';
import { FOLDER, isObjectsSetting } from './objects-address.ts';
import { PRECISION_CHOICES, SAMPLER_CHOICES } from './samplers.ts';
import { METHOD_NAMES, methodSections, TUNE_METHODS } from './tune-methods.ts';

const { positive, range, real, whole } = fields;

const prompts = z.strictObject({
  count: whole(0, 10_000)
    .default(12)
    .describe('Seen prompts that name a number, such as "two teapots"; 0 leaves the category out.'),
  color: whole(0, 10_000)
    .default(12)
    .describe('Seen prompts that name a color, such as "a green teapot"; 0 leaves the category out.'),
  background: whole(0, 10_000)
    .default(12)
    .describe('Seen prompts that name a place, such as "a teapot in a garden"; 0 leaves the category out.'),
  combination: whole(0, 10_000)
    .default(60)
    .describe('Seen prompts that name number, color and place; 0 leaves the category out.'),
  unseenPerCategory: whole(0, 10_000)
    .default(40)
    .describe('Prompts in each category kept for evaluation alone; 0 keeps none, and nothing unseen is reported.'),
  perCategory: whole(0, 10_000)
    .default(12)
    .describe('Seen prompts of each category of the grammar that has no number above; 0 leaves them out.'),
  developmentPerCategory: whole(0, 10_000)
    .default(0)
    .describe(
      'Prompts in each category that nothing is learned from and by which settings are chosen; 0 keeps none, and seen prompts do that.',
    ),
  grammar: grammarSetting
    .default('embedded')
    .describe(
      'The words that prompts are made of, their templates, and what is held out; docs/prompts.md has the keys.',
    )
    .meta({ allowed: 'embedded, embedded-1, embedded-2, paper, or words by slot' }),
  words: wordLists
    .default({})
    .describe(
      'Words that may stand for one another in prompts that the grammar does not make, beside those that are known: such as colors: [teal, ochre].',
    )
    .meta({ allowed: 'lists of words by name' }),
});

const generate = z.strictObject({
  imagesPerPrompt: whole(1, 10_000).default(20).describe('Images drawn for each seen prompt.'),
  sampler: z
    .enum(SAMPLER_CHOICES)
    .default('dpm-solver')
    .describe(
      'How noise becomes an image: DDIM, PNDM, DPM-Solver++(2M), Euler, Euler ancestral, Heun (two passes a step), UniPC, DPM-Solver++(2M) SDE, DDPM, or LCM for networks distilled for it.',
    ),
  steps: whole(1, 1000)
    .default(20)
    .describe('Denoising steps for an image; also used by tune and evaluate.')
    .meta({ flag: 'num_inference_steps' }),
  guidanceScale: real(0, 30)
    .default(3)
    .describe(
      'Classifier-free guidance: 1 is without guidance, more follows the prompt more closely; also used by tune and evaluate.',
    ),
  negativePrompt: z
    .string()
    .max(4000)
    .default('')
    .describe(
      'What images should not look like: guidance leads away from it; needs a guidance scale above 1; also used by tune and evaluate.',
    ),
  width: whole(0, 8192)
    .default(0)
    .describe("Width of the images in pixels; 0 is the model's own; also used by tune (its samples) and evaluate."),
  height: whole(0, 8192)
    .default(0)
    .describe("Height of the images in pixels; 0 is the model's own; also used by tune (its samples) and evaluate."),
  precision: z
    .enum(PRECISION_CHOICES)
    .default('float32')
    .describe(
      'Of the weights and activations of the network that draws: halves take less memory, on a GPU less time; also used by tune (its samples) and evaluate.',
    ),
  vaeTile: whole(0, 8192)
    .default(0)
    .describe(
      'Side in pixels of the overlapping tiles in which the autoencoder decodes larger images, which takes less memory and is nearly the same; 0 is whole images, or tiles of 512 where those do not fit the memory of this machine; also used by tune (its samples) and evaluate.',
    ),
  batchSize: whole(1, 1024).default(32).describe('Images drawn at once; changes memory and speed, not the images.'),
});

const label = z.strictObject({
  raters: whole(1, 1000).default(5).describe('How many simulated raters there are.'),
  ratersPerImage: whole(1, 1000).default(1).describe('How many raters see each image; at most `label.raters`.'),
  errorRate: range(0, 0.5)
    .default([0.02, 0.08])
    .describe('Lowest and highest share of wrong answers; each rater has one of their own in between.'),
  skipRate: range(0, 0.9)
    .default([0.02, 0.08])
    .describe('Lowest and highest share of skipped images; each rater has one of their own in between.'),
});

/** What follows where a rule finds a rater wanting. */
const then = (what: string) =>
  z
    .enum(['review', 'warn', 'pause'])
    .default('review')
    .describe(`What follows ${what}: admins are told, the rater is warned, or the rater is paused.`);

const rules = z.strictObject({
  after: whole(5, 1000)
    .default(20)
    .describe('Answers that a rater gives, from the start or since a rule spoke last, before it may speak.'),
  gold: real(0, 1)
    .default(0)
    .describe('Least share of gold answers right; below it with 95 % certainty, the rule speaks. 0 is no rule.'),
  goldThen: then('too few right gold answers'),
  agreement: real(0, 1)
    .default(0)
    .describe('Least share of answers like the majority of the others, as with gold. 0 is no rule.'),
  agreementThen: then('too little agreement'),
  seconds: real(0, 600).default(0).describe('Least median time an answer, in seconds. 0 is no rule.'),
  secondsThen: then('answers in too little time'),
  run: whole(0, 1000).default(0).describe('So many answers alike in a row are too many. 0 is no rule.'),
  runThen: then('too many answers alike'),
});

const studio = z.strictObject({
  ratersPerImage: whole(1, 1000).default(3).describe('How many people rate each image.'),
  priority: z
    .enum(['order', 'random', 'uncertain reward', 'disagreement'])
    .default('random')
    .describe(
      'Which images come first: as they were drawn, at random, those of which the reward function is least sure, or those on which raters disagree.',
    ),
  leaseMinutes: real(0.1, 10_080)
    .default(15)
    .describe('Minutes after which an image that a rater was given and did not answer goes to another.'),
  goldRate: real(0, 0.5)
    .default(0.05)
    .describe('Share of images with a known answer among those that a rater sees; 0 shows none.'),
  askWhy: z
    .boolean()
    .default(false)
    .describe(
      'Whether raters are asked, after each bad answer, which words of the prompt are not shown; they may always say so (key W).',
    ),
  scale: z
    .enum(['none', 'alignment', 'all'])
    .default('none')
    .describe(
      'A scale of five in place of good and bad where one image is rated at a time: of how well it shows the prompt, or also of how good it looks and how free of faults it is.',
    ),
  bestOfSheet: z
    .boolean()
    .default(false)
    .describe('Whether raters may also say which picture of a sheet shows best what its prompt says.'),
  repeatRate: real(0, 0.5)
    .default(0.05)
    .describe('Share of images shown to a rater a second time, to see how steady the answers are; 0 repeats none.'),
  quota: whole(0, 10_000_000)
    .default(0)
    .describe('Answers that one rater gives at most, choices of the best of a sheet among them; 0 is no limit.'),
  passMark: real(0, 1)
    .default(0.8)
    .describe('Share of right answers that passes the test before the work, where gold images make one.'),
  testTries: whole(1, 20).default(2).describe('How often a rater may try the test; then they are paused.'),
  rules: rules.prefault({}).describe('What raters have to do well by, and what follows where one does not.'),
});

const reward = z.strictObject({
  features: z
    .enum(['concat', 'interaction'])
    .default('interaction')
    .describe(
      'What the reward function is given: the embeddings of image and text, or also their product and difference.',
    ),
  hiddenWidth: whole(1, 16_384)
    .default(128)
    .describe(
      'Width of the hidden layers of the reward function; about 1024 suits large CLIP models and many ratings.',
    ),
  layers: whole(1, 8).default(2).describe('Hidden layers of the reward function.'),
  members: whole(1, 64)
    .default(1)
    .describe(
      'Heads of the reward function, taught by other draws of the same ratings: their mean is the reward, their spread its uncertainty.',
    ),
  scorer: z
    .string()
    .min(1)
    .default('none')
    .describe(
      'A scorer that is trained already: the folder or OWNER/NAME of a CLIP or SigLIP whose cosine scores, such as PickScore, or an ONNX file with a .json as reward export writes them; none is none.',
    ),
  scorerUse: z
    .enum(['compare', 'start', 'steer'])
    .default('compare')
    .describe(
      'What the scorer is: another column of the report alone, the start of the reward function, beside which a head learns, or the reward function itself, of which answers set no more than scale and offset.',
    ),
  lambda: real(0, 100).default(0.03).describe('Weight of the prompt classification loss; 0 leaves it out.'),
  temperature: positive(100).default(0.2).describe('Temperature of the prompt classification softmax.'),
  objective: z
    .enum(['mse', 'cross-entropy'])
    .default('mse')
    .describe('How labels teach: by squared error, or by cross-entropy of the reward as a probability, ½ being even.'),
  pairs: z
    .enum(['none', 'came', 'all'])
    .default('none')
    .describe(
      'Pairs of images of one prompt that teach beside labels: none, those that came as pairs, that pair studies asked about or that the best of sheets makes, or also each good image with each bad one.',
    ),
  pairWeight: positive(1000).default(1).describe('Weight of the loss of pairs, where there are any.'),
  labels: z
    .enum(['majority', 'dawid-skene', 'scale'])
    .default('majority')
    .describe(
      'What the answers about an image make of it: the majority, the probability that it is good by the model of Dawid and Skene, which weighs each rater by how they err, or the mean of the scale of alignment.',
    ),
  negatives: whole(1, 100)
    .default(9)
    .describe('Edited prompts beside the original one in prompt classification (N − 1).'),
  learningRate: positive(1).default(3e-4).describe('Learning rate of AdamW.'),
  weightDecay: real(0, 10).default(0.01).describe('Decoupled weight decay of AdamW; 0 is none.'),
  batchSize: whole(1, 65_536).default(128).describe('Rated images in one step.').meta({ flag: 'train_batch_size' }),
  maxSteps: whole(1, 10_000_000).default(1000).describe('Steps at most.').meta({ flag: 'max_train_steps' }),
  validationEvery: whole(1, 1_000_000).default(20).describe('Steps between two looks at the validation prompts.'),
  patience: whole(0, 1_000_000)
    .default(25)
    .describe('Looks without progress after which training stops; 0 never stops early.'),
  validationShare: real(0, 0.9)
    .default(0.15)
    .describe(
      'Share of the seen prompts that validate instead of teach, where no answered development prompts do; 0 validates on none.',
    ),
  tasteAnswers: whole(0, 1_000_000)
    .default(0)
    .describe(
      "Answers from which on a rater's own taste is learned beside the shared head, and told what it is worth; 30 suffice in published work, 0 learns none.",
    ),
  for: z
    .string()
    .min(1)
    .default('everyone')
    .describe(
      'Whose taste the reward function has: everyone for the shared head, or raters by name with commas between, whose tastes are averaged (needs reward.tasteAnswers).',
    ),
  heldOutRaters: real(0, 0.9)
    .default(0)
    .describe(
      'Share of the raters, at least one, whose answers teach a second reward function that never steers tuning and watches for over-optimisation; 0 holds none out.',
    ),
});

const tune = z.strictObject({
  method: z
    .enum(METHOD_NAMES)
    .default('reward-weighted')
    .describe(
      `How the model learns: ${METHOD_NAMES.map((name) => `${name}, ${TUNE_METHODS[name].title}`).join('; ')}.`,
    ),
  beta: real(0, 1000).default(0.1).describe('Weight of the loss on pre-training pairs; 0 leaves them out.'),
  pretrainShare: real(0, 0.95)
    .default(0.5)
    .describe('Share of each batch that are pre-training pairs; 0 leaves them out.'),
  pretrainData: z
    .string()
    .min(1)
    .default('embedded')
    .describe(
      'Where pre-training pairs come from: embedded for rendered scenes, a folder with metadata.jsonl, or none.',
    ),
  pretrainPairs: whole(1, 10_000_000)
    .default(2048)
    .describe('Pre-training pairs that are kept ready; of a larger folder this many are chosen at random.'),
  images: z
    .enum(['own', 'labelled', 'imported', 'all'])
    .default('own')
    .describe(
      'Images to learn from: own for those that the model drew, labelled for those of them that people answered for, imported for those that came from outside, or all, whoever drew them.',
    ),
  fit: z
    .enum(['crop', 'stretch', 'pad'])
    .default('crop')
    .describe(
      "How images of another size become the model's own: the shorter side fits and the middle is kept, both sides fit, or the longer side fits, on white.",
    ),
  weights: z
    .enum(['reward', 'label', 'calibrated', 'text-norm', 'lower-bound', 'scorer'])
    .default('reward')
    .describe(
      'What weighs an image: the score of the reward function, the share of good among its answers, the score as a probability, TextNorm, mean less doubt of an ensemble, or what the scorer of reward.scorer says.',
    ),
  weighting: z
    .enum(['linear', 'exponential', 'threshold'])
    .default('linear')
    .describe('The weight of a score r: r itself, exp(r/τ) with a mean of 1, or 1 above a threshold and 0 below.'),
  weightTemperature: positive(100)
    .default(0.25)
    .describe('Temperature τ of exponential weights: lower is nearer to the best alone.'),
  weightThreshold: real(-10, 10).default(0.5).describe('Scores above it have weight 1 under threshold weights.'),
  evenPrompts: z
    .boolean()
    .default(false)
    .describe(
      'Divide weights by their mean within each prompt, so that each counts alike, the hard ones too; without it a prompt counts by how many of its images are good.',
    ),
  doubt: real(0, 100)
    .default(1)
    .describe(
      'Factor k of the lower bound, mean − k · standard deviation over the heads of the reward; 0 is the mean.',
    ),
  sampling: z
    .enum(['uniform', 'weighted'])
    .default('uniform')
    .describe(
      'How images are drawn: each as often as any other with its loss times its weight, or in proportion to its weight; the expected loss is the same.',
    ),
  clipRewards: z
    .boolean()
    .default(false)
    .describe('Bring scores outside [0, 1] to its ends; without it a score below 0 pushes its image away.'),
  minSnrGamma: real(0, 1000)
    .default(0)
    .describe(
      'Min-SNR-γ: timesteps count by min(SNR, γ), which evens out how much each teaches; 5 is usual, 0 counts all alike.',
    )
    .meta({ flag: 'snr_gamma' }),
  loraRank: whole(0, 4096)
    .default(0)
    .describe('Rank of the LoRA that is learned beside the U-Net; 0 tunes the whole U-Net.')
    .meta({ flag: 'rank' }),
  loraAlpha: real(0, 65_536)
    .default(0)
    .describe('Alpha of the LoRA, whose layers are scaled by alpha / rank; 0 is the rank itself.'),
  loraTargets: z
    .string()
    .min(1)
    .default('to_q,to_k,to_v,to_out.0')
    .describe('Ends of the names of the layers that a LoRA adapts, with commas between.'),
  textEncoderLora: z
    .boolean()
    .default(false)
    .describe(
      'A LoRA of the CLIP text encoders is learned too, on their attention; prompts are then encoded at each step.',
    )
    .meta({ flag: 'train_text_encoder' }),
  timestepRange: range(0, 1)
    .default([0, 1])
    .describe(
      'Part of the noise schedule that images are noised by: what a picture shows is decided near 1, how sharp it is near 0; pre-training pairs get all of it.',
    ),
  captionDropout: real(0, 1)
    .default(0.1)
    .describe('Share of captions left empty, which classifier-free guidance needs; 0 keeps all.'),
  learningRate: positive(1).default(1e-4).describe('Learning rate of AdamW after the warm-up.'),
  weightDecay: real(0, 10)
    .default(0.01)
    .describe('Decoupled weight decay of AdamW; 0 is none.')
    .meta({ flag: 'adam_weight_decay' }),
  batchSize: whole(1, 4096)
    .default(32)
    .describe('Images in one forward and backward pass.')
    .meta({ flag: 'train_batch_size' }),
  gradientAccumulationSteps: whole(1, 4096)
    .default(1)
    .describe('Passes added up before each step of the optimiser; the effective batch is the product.'),
  workers: whole(0, 512)
    .default(0)
    .describe(
      'Parts that share the passes of each step and are averaged in rounds, on workers where there are any; 0 tunes without rounds.',
    )
    .meta({ flag: 'tune_workers' }),
  localSteps: whole(1, 1_000_000)
    .default(50)
    .describe('Steps that each part takes by itself between two averages; a round.'),
  outerLearningRate: positive(10)
    .default(1)
    .describe('What a round counts by: 1 with outerMomentum 0 is the mean of the parts; DiLoCo has 0.7.'),
  outerMomentum: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe('Nesterov momentum from round to round: DiLoCo has 0.9, which wants many rounds.'),
  memoryLimit: real(0, 1_048_576)
    .default(0)
    .describe(
      'Memory in GiB that tuning may take; 0 is what is free when it starts. A run that needs more is refused.',
    ),
  gradientCheckpointing: z
    .boolean()
    .default(false)
    .describe('Recompute activations in the backward pass: less memory, more time.'),
  mixedPrecision: z
    .enum(['no', 'fp16', 'bf16'])
    .default('no')
    .describe(
      'Activations and frozen weights in 16 bits: less memory, on a GPU less time; learned weights, losses and the optimiser stay float32.',
    ),
  maxTrainSteps: whole(1, 10_000_000).default(400).describe('Steps of the optimiser.'),
  warmupSteps: whole(0, 1_000_000)
    .default(20)
    .describe('Steps over which the learning rate rises from 0; 0 starts at full rate.')
    .meta({ flag: 'lr_warmup_steps' }),
  lrScheduler: z
    .enum(['constant', 'cosine'])
    .default('constant')
    .describe('Learning rate after the warm-up: constant, or falling to 0 along a cosine.'),
  maxGradNorm: real(0, 1e6).default(1).describe('Gradients are scaled down to this global norm; 0 does not clip.'),
  emaDecay: z
    .number()
    .min(0)
    .lt(1)
    .default(0.99)
    .describe('Decay of the moving average of the weights that is saved; 0 saves the last weights.'),
  checkpointingSteps: whole(0, 10_000_000)
    .default(100)
    .describe('Steps between two checkpoints; 0 keeps only the last.'),
  checkpointsTotalLimit: whole(0, 10_000)
    .default(0)
    .describe('Checkpoints that are kept, the newest ones; 0 keeps all.'),
  savePrecision: z
    .enum(['float32', 'float16'])
    .default('float32')
    .describe('How tuned weights are stored; what training goes on from is float32 in any case.'),
  samplesEvery: whole(0, 10_000_000)
    .default(100)
    .describe('Steps between two drawings of the fixed sample prompts; 0 draws none.'),
  samplePrompts: whole(0, 1000)
    .default(8)
    .describe(
      'Prompts of which a sample is drawn while tuning, of development where there are any, else seen ones; 0 draws none.',
    ),
  watchImages: whole(1, 1000)
    .default(4)
    .describe(
      'Samples of each of these prompts where a held-out reward watches (reward.heldOutRaters); of two or more, diversity is told too.',
    ),
  fidelityBound: real(0, 1000)
    .default(0.5)
    .describe(
      'How much further than those of the base the samples may lie from the reference before fidelity counts as lost, as a share.',
    ),
  stopBy: z
    .enum(['none', 'held-out'])
    .default('none')
    .describe(
      'What may end tuning early: nothing, or the held-out reward, whose pick among the checkpoints is then the tuned model.',
    ),
  stopPatience: whole(1, 1000)
    .default(2)
    .describe('Looks at the samples in a row with an alarm after which tuning stops, where stopBy is held-out.'),
  ...methodSections(),
});

const evaluate = z.strictObject({
  promptsPerCategory: whole(1, 10_000).default(40).describe('Prompts judged in each category and split, at most.'),
  imagesPerPrompt: whole(1, 1000).default(4).describe('Images drawn for each prompt by each model.'),
  bestOf: whole(0, 1000)
    .default(16)
    .describe('Images of the base model of which the reward picks the best, for comparison; 0 leaves it out.'),
  bootstrapSamples: whole(100, 1_000_000).default(10_000).describe('Resamples of the prompts behind each interval.'),
});

const workers = z.strictObject({
  use: z
    .enum(['auto', 'never', 'wait'])
    .default('auto')
    .describe(
      'Who makes what a stage asks for: auto has workers do it where any are there, never does all in this process, wait leaves it to workers that may come later.',
    )
    .meta({ flag: 'workers' }),
  atStop: z
    .enum(['cancel', 'leave'])
    .default('cancel')
    .describe('What Ctrl+C does with work that waits for workers: cancel takes it back, leave has them go on.'),
  attempts: whole(1, 100).default(5).describe('How often workers try an item before it counts as failed for good.'),
  heartbeat: whole(10, 3600)
    .default(20)
    .describe('Seconds of silence after which a worker is taken to be dead and others get its items.'),
});

/** The shape of `collimate.yaml`: shared keys first, then one section a stage. */
export const configSchema = z.strictObject({
  database: z
    .string()
    .refine((text) => text === EMBEDDED || isPostgresUrl(text), 'embedded, or postgres://user@host/name')
    .default(EMBEDDED)
    .describe(
      'Where answers and lineage are kept: embedded for a SQLite file in the project, or the address of a PostgreSQL database for a team.',
    ),
  objects: z
    .string()
    .refine(isObjectsSetting, 'folder, or s3://bucket/prefix')
    .default(FOLDER)
    .describe(
      'Where pictures and weights are kept: folder for the project’s own, or the address of a bucket for several machines, of which the folder is a copy then.',
    ),
  objectsCacheGib: real(0.01, 1_000_000)
    .default(20)
    .describe('How many GiB of a bucket’s pictures, and of its weights, the project’s folder keeps.'),
  seed: whole(0, Number.MAX_SAFE_INTEGER)
    .default(0)
    .describe('Seed of every random number; the same seed gives the same bytes.'),
  device: z
    .enum(['auto', 'cpu', 'webgpu', 'cuda', 'coreml', 'dml'])
    .default('cpu')
    .describe('Where the models run; only auto may choose another than asked for, and says so.'),
  threads: whole(0, 1024)
    .default(0)
    .describe('Threads for one operation on the CPU; 0 takes as many as there are cores.'),
  cudaMemory: real(0, 10_000)
    .default(0)
    .describe('GiB of the card that CUDA may take for tensors; 0 is all that there is.'),
  cudaConvolutions: z
    .enum(['heuristic', 'exhaustive', 'default'])
    .default('heuristic')
    .describe(
      'How CUDA finds a way to compute a convolution: it asks cuDNN, tries all, which takes minutes at the start, or takes the first.',
    ),
  model: z
    .string()
    .min(1)
    .default('embedded')
    .describe(
      'A Stable Diffusion model: a folder in the diffusers layout, a .safetensors file in the original one, OWNER/NAME of a pulled one, or embedded for the one in the package.',
    ),
  textEncoders: z
    .enum(['all', 'clip'])
    .default('all')
    .describe(
      'Text encoders that the model is used with: all that it has, or clip to leave out the T5 of Stable Diffusion 3.',
    ),
  clip: z
    .string()
    .min(1)
    .default('embedded')
    .describe(
      'A CLIP model: a folder in the Hugging Face layout, OWNER/NAME of a pulled one, or embedded for the one in the package.',
    ),
  world: z
    .enum(['embedded', 'embedded-1', 'embedded-2', 'none'])
    .default('embedded')
    .describe(
      'What code knows of the pictures: embedded for scenes of the package, which a judge and simulated raters can look at, by another name embedded-1; embedded-2 for those of the larger world; none where only people can.',
    ),
  clipPrecision: z
    .enum(['float32', 'int8'])
    .default('float32')
    .describe(
      'How CLIP computes: int8 rounds the matrices of its layers to whole numbers, which takes less time and memory on the CPU and moves scores a little.',
    ),
  workers: workers.prefault({}).describe('Workers on this and other machines.'),
  prompts: prompts.prefault({}).describe('Which prompts there are.'),
  generate: generate.prefault({}).describe('Drawing the images that are rated.'),
  label: label.prefault({}).describe('Simulated raters.'),
  studio: studio.prefault({}).describe('People who rate.'),
  reward: reward.prefault({}).describe('Training the reward function.'),
  tune: tune.prefault({}).describe('Fine-tuning the diffusion model.'),
  evaluate: evaluate.prefault({}).describe('Judging models against each other.'),
});

/** A whole configuration with every key set. */
export type Config = z.infer<typeof configSchema>;
/** The sections of a configuration, one a stage. */
export type ConfigSection = {
  [K in keyof Config]: Config[K] extends unknown[] | string | number ? never : K;
}[keyof Config];
/** What a config file may hold: any part of a configuration. */
export type ConfigPatch = z.input<typeof configSchema>;

export const SECTIONS = [
  'workers',
  'prompts',
  'generate',
  'label',
  'studio',
  'reward',
  'tune',
  'evaluate',
] as const satisfies readonly ConfigSection[];
