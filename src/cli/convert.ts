// `collimate convert IN --out OUT`: a model in the other layout, in another precision, or with LoRA files merged; or a LoRA
// file in another spelling.

import { type Command, InvalidArgumentError, Option } from 'commander';
import { readLoraOrigin } from '../engine/weights/lora-origin.ts';
import type { LoraSpelling } from '../engine/weights/write-lora.ts';
import { FLOAT_DTYPES, type FloatDtype } from '../engine/weights/write-safetensors.ts';
import { type ConvertSummary, convertModel } from '../models/convert.ts';
import { type ConvertLoraSummary, convertLora } from '../models/convert-lora.ts';
import { PREDICTION_TYPES, type PredictionType } from '../models/diffusion/schedule.ts';
import { resolveModel } from '../models/inference/embedded.ts';
import { formatNumber, plural } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';

interface ConvertFlags {
  out: string;
  dtype?: FloatDtype;
  variant?: string;
  lora?: { path: string; scale: number }[];
  predictionType?: PredictionType;
  textEncoders?: 'clip';
  adapts?: string;
  spelling: LoraSpelling;
  overwrite?: boolean;
}

export function register(command: Command, context: CliContext): void {
  command
    .argument('<model>', 'a folder in the diffusers layout, a .safetensors file in the original one, or embedded')
    .requiredOption('--out <path>', 'a name ending in .safetensors for one file in the original layout, else a folder')
    .addOption(new Option('--dtype <dtype>', 'how weights are stored; without it as they are').choices(FLOAT_DTYPES))
    .option('--lora <file[@scale]>', 'merge this LoRA, times scale; may be given several times', parseLora)
    .option('--variant <name>', 'which weights of a folder to read, such as fp16')
    .addOption(
      new Option(
        '--prediction-type <type>',
        'what a 2.x file predicts, where neither it nor a .yaml beside it says so',
      ).choices(PREDICTION_TYPES),
    )
    .addOption(
      new Option(
        '--text-encoders <which>',
        'clip leaves T5 out of a model of Stable Diffusion 3: it then draws, learns and is measured without',
      ).choices(['clip']),
    )
    .option('--adapts <model>', 'what is converted is a LoRA of this model')
    .addOption(
      new Option('--spelling <name>', 'for a LoRA: diffusers, or kohya for A1111 and ComfyUI')
        .choices(['diffusers', 'kohya'])
        .default('diffusers'),
    )
    .option('--overwrite', 'replace a model that is there already')
    .action((model: string, { out, lora, adapts, spelling, ...options }: ConvertFlags) => {
      for (const path of [...(lora ?? []).map((given) => given.path), ...(adapts === undefined ? [] : [model])])
        tellOrigin(context, path);
      if (adapts !== undefined) {
        const summary = convertLora(model, out, { ...options, base: resolveModel(adapts), spelling });
        return context.print(summary, describeLora(summary));
      }
      const progress = context.progress();
      progress.note(`converting ${model}`);
      const summary = convertModel(resolveModel(model), out, { ...options, ...(lora && { loras: lora }) });
      context.print(summary, describe(summary, options.textEncoders));
    });
  addExamples(command, [
    'convert v1-5-pruned-emaonly.safetensors --out stable-diffusion-v1-5',
    'convert projects/dogs/models/tuned --out tuned.safetensors --dtype float16',
    'convert stable-diffusion-v1-5 --lora style.safetensors@0.8 --out styled',
    'convert style.safetensors --adapts stable-diffusion-v1-5 --spelling kohya --out style-kohya.safetensors',
    'convert stable-diffusion-3.5-medium --text-encoders clip --out sd35-clip',
    'convert v2-1_768-ema-pruned.safetensors --prediction-type v_prediction --out stable-diffusion-2-1',
  ]);
}

/** What a LoRA says of itself, before anything is made of it. */
function tellOrigin({ progress }: CliContext, path: string): void {
  const origin = readLoraOrigin(path);
  if (!origin) return;
  const { told, unread } = origin;
  const rest = unread > 0 ? [`${plural(unread, 'further field')} not read`] : [];
  progress().note(`${path} says of itself: ${[...told, ...rest].join('; ')}.`);
}

/** `FILE` or `FILE@SCALE`, collected. */
function parseLora(text: string, before: { path: string; scale: number }[] = []): { path: string; scale: number }[] {
  const [, path = text, scale = '1'] = /^(.+)@(-?[\d.]+)$/.exec(text) ?? [];
  if (!Number.isFinite(Number(scale))) throw new InvalidArgumentError(`expected a number after "@", got ${scale}`);
  return [...before, { path, scale: Number(scale) }];
}

function describeLora({ output, spelling, layers, ranks }: ConvertLoraSummary): string {
  const counts = Object.entries(layers).map(([component, count]) => `${component} ${count}`);
  return `Wrote ${output} in ${spelling}'s spelling: layers of ${counts.join(', ')}; rank ${ranks.join(', ')}.`;
}

const LAYOUTS = { diffusers: 'a folder in the diffusers layout', original: 'one file in the original layout' } as const;

function describe({ from, to, output, parameters, adapted, leftOut, unused }: ConvertSummary, asked?: 'clip'): string {
  const merged = adapted > 0 ? `, a LoRA merged into ${plural(adapted, 'weight')}` : '';
  const out = leftOut.length > 0 ? `T5 (${leftOut.join(', ')}) is left out.` : 'There was no T5 to leave out.';
  return [
    `Wrote ${output}: ${LAYOUTS[to]}, from ${LAYOUTS[from]}${merged}.`,
    ...(asked === 'clip' ? [out] : []),
    ...unused,
    `${formatNumber(parameters)} parameters, read back and compared.`,
  ].join('\n');
}
