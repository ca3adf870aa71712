// The model card of a tuned model: what it is, what it came from, and how to make it again.

import { stringify } from 'yaml';
import { formatNumber } from '../util/text.ts';
import type { TuneSettings } from './mixture.ts';

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
}

const METHODS: Record<TuneSettings['method'], string> = {
  'reward-weighted': 'reward-weighted likelihood: the denoising loss of each image, multiplied by its weight',
  sft: 'supervised fine-tuning on the best of several images of each prompt',
};

/** The text of `README.md`, with the metadata that model hubs read. */
export function renderCard(lineage: Lineage): string {
  const { settings, step, images, meanWeight, pairs, seed, name } = lineage;
  const front = { library_name: 'diffusers', pipeline_tag: 'text-to-image', tags: ['stable-diffusion', 'collimate'] };
  const rows = [
    ['run', lineage.runId],
    ['step', `${step}`],
    ['base model', `${lineage.baseModel} (\`${lineage.baseHash}\`)`],
    ['reward function', lineage.rewardHash ? `\`${lineage.rewardHash}\`` : 'none: answers were the weights'],
    ['data', `\`${lineage.dataHash}\``],
    ['seed', `${seed}`],
  ];
  const fence = '```';
  return `---
${stringify(front)}---

# ${name}

A text-to-image model fine-tuned with Collimate so that its pictures show what their prompts say, by the method of Lee et
al., *Aligning Text-to-Image Models using Human Feedback* (arXiv:2302.12192, 2023). Only the U-Net was trained; every other
file is that of the base model, byte for byte.

## How it was made

- Method: ${METHODS[settings.method]}.
- ${images} images that the base model drew, of mean weight ${formatNumber(meanWeight)}.
- Pre-training pairs: ${pairs}${pairs === 'none' ? '' : `, their loss with weight ${settings.beta}`}.
- ${step} steps${settings.emaDecay > 0 ? `; the weights are a moving average with decay ${settings.emaDecay}` : ''}.

| lineage | |
| --- | --- |
${rows.map(([key, value]) => `| ${key} | ${value} |`).join('\n')}

## Configuration

${fence}yaml
${stringify({ seed, tune: settings })}${fence}

## Limits

It was tuned towards what a learned reward function likes, on a narrow set of prompts: expect less variety than in the base
model, and look at pictures before trusting a score. The terms of the base model's licence hold for this one too.
`;
}
