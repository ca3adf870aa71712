// The model card of a tuned model: what it is, what it came from, and how to make it again.

import { stringify } from 'yaml';
import { describeMethod } from '../../project/config/tune-methods.ts';
import { formatNumber, plural, toSentence } from '../../util/text.ts';
import { type CardFacts, SAMPLES_FILE } from './card-facts.ts';
import { recordedSettings, type TuneSettings } from './mixture.ts';
import type { Continued } from './more-steps.ts';
import { describeSources, type PlanSources, type TunePlan } from './plan.ts';
import { describeOrigins, isOwnAlone } from './sources.ts';

/** Where a tuned model came from. */
export interface Lineage {
  readonly runId: string;
  readonly name: string;
  readonly step: number;
  /** The model that was tuned: as the configuration names it, and its hash. */
  readonly baseModel: string;
  readonly baseHash: string;
  /** None where the labels themselves were the weights. */
  readonly rewardHash: string | undefined;
  readonly dataHash: string;
  readonly seed: number;
  readonly settings: TuneSettings;
  readonly images: number;
  readonly meanWeight: number;
  readonly pairs: string;
  /** The run that this one went on with. */
  readonly continues?: Continued;
  readonly plan: PlanSources & Pick<TunePlan, 'origins'>;
}

/** The text of `README.md`, with the metadata that model hubs read. */
export function renderCard(lineage: Lineage, facts: CardFacts): string {
  const { settings, step, pairs, seed, name } = lineage;
  const front = {
    ...facts.licence,
    ...(facts.baseRepo && { base_model: facts.baseRepo }),
    library_name: 'diffusers',
    pipeline_tag: 'text-to-image',
    tags: ['stable-diffusion', 'collimate'],
  };
  const rows = [
    ['run', lineage.runId],
    ['step', `${step}`],
    ...(lineage.continues ? [['goes on with', `${lineage.continues.runId}, from step ${lineage.continues.step}`]] : []),
    ['base model', `${lineage.baseModel} (\`${lineage.baseHash}\`)`],
    ['reward function', lineage.rewardHash ? `\`${lineage.rewardHash}\`` : 'none: answers were the weights'],
    ['data', `\`${lineage.dataHash}\``],
    ['seed', `${seed}`],
  ];
  const lora =
    settings.loraRank > 0
      ? [
          `- A LoRA of rank ${settings.loraRank} on ${settings.loraTargets}${settings.textEncoderLora ? ' and on the attention of the CLIP text encoders' : ''}, merged into the weights here and alone in \`pytorch_lora_weights.safetensors\` and \`${name}.lora.safetensors\`.`,
        ]
      : [];
  const fence = '```';
  return `---
${stringify(front)}---

# ${name}

A text-to-image model fine-tuned with Collimate so that its pictures show what their prompts say, by the method of Lee et
al., *Aligning Text-to-Image Models using Human Feedback* (arXiv:2302.12192, 2023). ${describeTrained(settings)} trained; every other
part is that of the base model, unchanged.
${describeSamples(facts)}
## Use

${fence}python
import torch
from diffusers import ${facts.className}

pipeline = ${facts.className}.from_pretrained("path/to/${name}", dtype=torch.float32)
picture = pipeline(${JSON.stringify(samplePrompt(facts))}).images[0]
${fence}

With another \`dtype\`, such as \`torch.float16\` on a GPU, all parts are used in that one.

## How it was made

${[`- Method: ${describeMethod(settings.method).about}.`, ...lora].join('\n')}
${[describeImages(lineage), ...describeSources(lineage.plan, settings)].map((line) => `- ${toSentence(line)}`).join('\n')}
- Pre-training pairs: ${pairs}${pairs === 'none' ? '' : `, their loss with weight ${settings.beta}`}.
- ${plural(step, 'step')}${settings.emaDecay > 0 ? `; the weights are a moving average with decay ${settings.emaDecay}` : ''}.

| lineage | |
| --- | --- |
${rows.map(([key, value]) => `| ${key} | ${value} |`).join('\n')}

${describePrompts(facts)}${describeRaters(facts)}${describeReward(facts)}## Configuration

${fence}yaml
${stringify({ seed, tune: recordedSettings(settings) })}${fence}

## Limits

It was tuned towards what a learned reward function likes, on a narrow set of prompts: expect less variety than in the base
model, and look at pictures before trusting a score. The terms of the base model's licence hold for this one too.
`;
}

function describeTrained({ textEncoderLora }: TuneSettings): string {
  return textEncoderLora
    ? 'Only the denoising network and the CLIP text encoders were'
    : 'Only the denoising network was';
}

/** A prompt that the model was looked at with. */
function samplePrompt({ samples, prompts }: CardFacts): string {
  return samples[0] ?? prompts[0]?.example ?? 'a dog in a city';
}

function describeImages({ images, meanWeight, plan }: Lineage): string {
  const whose =
    plan.origins && !isOwnAlone(plan.origins)
      ? `${plural(images, 'image')} (${describeOrigins(plan.origins)})`
      : `${plural(images, 'image')} that the base model drew`;
  return `${whose}, of mean weight ${formatNumber(meanWeight)}`;
}

function describeSamples({ samples }: CardFacts): string {
  if (samples.length === 0) return '';
  const rows = samples.map((text, i) => `${i + 1}. ${text}`);
  return `
![The base model's pictures on the left, this one's on the right, of the same prompts and seeds](${SAMPLES_FILE})

The base model on the left, this one on the right, with the same seeds, neither chosen by hand. Prompts, from the top:

${rows.join('\n')}
`;
}

function describePrompts({ prompts }: CardFacts): string {
  if (prompts.length === 0) return '';
  const rows = prompts.map(({ category, count, example }) => `| ${category} | ${formatNumber(count)} | ${example} |`);
  return section('Prompts', ['| category | prompts | such as |', '| --- | --- | --- |', ...rows]);
}

function describeRaters({ raters: { human, simulated }, answers }: CardFacts): string {
  const total = answers.good + answers.bad + answers.skip;
  if (total === 0) return '';
  const share = (count: number) => `${((100 * count) / total).toFixed(1)} %`;
  const who = [
    human > 0 ? `${human} ${human === 1 ? 'person' : 'people'}` : '',
    simulated > 0 ? `${simulated} simulated rater${simulated === 1 ? '' : 's'}` : '',
  ];
  return section('Ratings', [
    `${plural(total, 'answer')} of ${who.filter((text) => text !== '').join(' and ')}: ${share(answers.good)} good, ` +
      `${share(answers.bad)} bad, ${share(answers.skip)} skipped.`,
  ]);
}

const PARTS = { train: 'seen prompts, training', validation: 'seen prompts, validation', unseen: 'unseen prompts' };

function describeReward({ reward }: CardFacts): string {
  if (reward.length === 0) return '';
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  const rows = reward.map(
    ({ part, images, goodShare, reward: own, clip }) =>
      `| ${PARTS[part]} | ${formatNumber(images)} | ${percent(goodShare)} | ${percent(own.accuracy)} | ${percent(clip.accuracy)} |`,
  );
  const head = ['| ratings of | images | good | reward function | CLIP score |', '| --- | --- | --- | --- | --- |'];
  return section('How well the reward function predicts answers', [...head, ...rows]);
}

function section(title: string, lines: readonly string[]): string {
  return `## ${title}\n\n${lines.join('\n')}\n\n`;
}
