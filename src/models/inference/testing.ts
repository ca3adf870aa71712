// Models of the embedded architecture, but narrow and with random weights, for tests that need a model in a second.

import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { input } from '../../engine/graph/tensor.ts';
import { declareParams, initParams, type Params, unpackParams } from '../../engine/nn/params.ts';
import type { Float32Tensor } from '../../engine/weights/tensor.ts';
import { writeSafetensors } from '../../engine/weights/write-safetensors.ts';
import { grammarWords } from '../../project/prompts/grammar.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { random } from '../../util/random.ts';
import { JUDGE } from '../../world/judge/designs.ts';
import { CONFIGS, clipConfig, SCHEDULER_CONFIG, textEncoderConfig } from '../../world/pretraining/configs.ts';
import { scenery } from '../../world/scenes/scenery.ts';
import { clip } from '../clip/clip.ts';
import { parseClipConfig } from '../clip/config.ts';
import { savePipeline } from '../save-pipeline.ts';
import { buildTinyTokenizer } from '../tokenizer/tiny.ts';
import { parseUnetConfig } from '../unet/config.ts';
import { unet } from '../unet/unet.ts';
import { parseVaeConfig } from '../vae/config.ts';
import { vaeDecode } from '../vae/decoder.ts';
import { vaeEncode } from '../vae/encoder.ts';

export interface TinyModels {
  readonly sd: string;
  readonly clip: string;
  readonly judge: string;
}

const WIDTH = 16;
const LEVELS = CONFIGS.vae.block_out_channels.length;
/** As many levels as the world's autoencoder has. */
const NARROW_LEVELS = Array.from({ length: LEVELS }, (_, i) => (i + 1 === LEVELS ? 16 : 8));
const PIXELS = [1, 3, scenery.size, scenery.size];
const LATENTS = [1, CONFIGS.unet.in_channels, CONFIGS.unet.sample_size, CONFIGS.unet.sample_size];
const NARROW = {
  hidden_size: WIDTH,
  intermediate_size: 2 * WIDTH,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  projection_dim: WIDTH,
};

/** Fields of the configs that differ from the embedded architecture's. */
interface TinyOptions {
  readonly unet?: Readonly<Record<string, unknown>>;
  readonly vae?: Readonly<Record<string, unknown>>;
  /** Tokens of a prompt; default 16. */
  readonly tokens?: number;
}

/** Writes `sd/`, `clip/` and `judge/` under `dir`; the same seed gives the same bytes. Latents and images are of the world's sizes. */
export function makeTinyPipeline(
  dir: string,
  seed = 0,
  { unet: unetFields, vae: vaeFields, tokens = 16 }: TinyOptions = {},
): TinyModels {
  const folders: TinyModels = { sd: join(dir, 'sd'), clip: join(dir, 'clip'), judge: join(dir, 'judge') };
  const { files, vocabSize } = buildTinyTokenizer(grammarWords(scenery.grammar), tokens);
  const publishedClip = clipConfig(vocabSize, CONFIGS);
  const text = { ...textEncoderConfig(vocabSize, CONFIGS), ...NARROW, max_position_embeddings: tokens };
  const wholeClip = {
    ...publishedClip,
    projection_dim: WIDTH,
    text_config: { ...publishedClip.text_config, ...NARROW, max_position_embeddings: tokens },
    vision_config: { ...publishedClip.vision_config, ...NARROW, patch_size: scenery.size / 4 },
  };
  const clipWeights = weightsOf(seed, 'clip', (p) =>
    clip(p, parseClipConfig(wholeClip), input('ids', [1, tokens], 'int32'), input('pixels', PIXELS)),
  );
  savePipeline(folders.sd, {
    unet: tinyUnet(seed, unetFields),
    vae: tinyVae(seed, vaeFields),
    text_encoder: {
      config: text,
      parameters: new Map([...clipWeights].filter(([name]) => name.startsWith('text_model.'))),
    },
    scheduler: SCHEDULER_CONFIG,
    tokenizer: files,
  });
  mkdirSync(folders.clip, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileAtomic(join(folders.clip, name), content);
  writeModel(folders.clip, wholeClip, clipWeights);
  writeModel(folders.judge, { architectures: ['CollimateJudge'], classes: JUDGE.classes }, tinyJudge(seed));
  return folders;
}

function tinyUnet(seed: number, fields: TinyOptions['unet']) {
  const config = {
    ...CONFIGS.unet,
    block_out_channels: [WIDTH, 2 * WIDTH],
    norm_num_groups: 8,
    cross_attention_dim: WIDTH,
    attention_head_dim: 2,
    ...fields,
  };
  const parsed = parseUnetConfig(config);
  const build = (p: Params) =>
    unet(p, parsed, input('latents', LATENTS), input('t', [1]), input('context', [1, 16, WIDTH]));
  return { config, parameters: weightsOf(seed, 'unet', build) };
}

function tinyVae(seed: number, fields: TinyOptions['vae']) {
  const config = { ...CONFIGS.vae, block_out_channels: NARROW_LEVELS, norm_num_groups: 8, ...fields };
  const parsed = parseVaeConfig(config);
  const build = (p: Params) => [
    vaeEncode(p, parsed, input('pixels', PIXELS)),
    vaeDecode(p, parsed, input('latents', LATENTS)),
  ];
  return { config, parameters: weightsOf(seed, 'vae', build) };
}

/** Its answers are arbitrary but sure, so that pictures are good or bad to it instead of unclear. */
function tinyJudge(seed: number): Map<string, Float32Tensor> {
  const weights = weightsOf(seed, 'judge', (p) => JUDGE.network(p, input('pixels', PIXELS), JUDGE.classes));
  for (const [name, { data }] of weights) if (name.startsWith('heads.')) data.set(data.map((x) => 60 * x));
  return weights;
}

function weightsOf(seed: number, name: string, build: (p: Params) => unknown): Map<string, Float32Tensor> {
  const specs = declareParams(build);
  return unpackParams(
    specs,
    initParams(specs, (key) => random(seed, 'tiny', name, key)),
  );
}

function writeModel(folder: string, config: object, weights: ReadonlyMap<string, Float32Tensor>): void {
  writeFileAtomic(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  writeSafetensors(join(folder, 'model.safetensors'), weights, { metadata: { format: 'pt' } });
}

/** A copy in `dir` of a family's reference pipeline of test/fixtures, with tokenizers, which it comes without. */
export function makeFamilyModel(dir: string, name: 'sdxl' | 'sd3' | 'sd35'): string {
  const folder = join(dir, name);
  cpSync(`test/fixtures/${name}/sd`, folder, { recursive: true });
  const { files } = buildTinyTokenizer(['a', 'green', 'red', 'dogs', 'cat', 'two'], 77);
  const write = (tokenizer: string, texts: Readonly<Record<string, string>>) => {
    for (const [file, text] of Object.entries(texts)) writeFileAtomic(join(folder, tokenizer, file), text);
  };
  write('tokenizer', files);
  write('tokenizer_2', files);
  if (name !== 'sdxl') write('tokenizer_3', { 'tokenizer.json': JSON.stringify(unigramTokenizer()) });
  return folder;
}

/** T5's kind of tokenizer over letters. */
function unigramTokenizer(): object {
  const pieces = ['<pad>', '</s>', '<unk>', '▁', ...'abcdefghijklmnopqrstuvwxyz,.'];
  const special = (content: string, id: number) => ({
    ...{ id, content, special: true, normalized: false, single_word: false, lstrip: false, rstrip: false },
  });
  return {
    version: '1.0',
    added_tokens: pieces.slice(0, 3).map(special),
    normalizer: null,
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '</s>', type_id: 0 } }],
      pair: [],
      special_tokens: { '</s>': { id: '</s>', ids: [1], tokens: ['</s>'] } },
    },
    decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
    model: {
      type: 'Unigram',
      unk_id: 2,
      byte_fallback: false,
      vocab: pieces.map((piece, i) => [piece, i < 3 ? 0 : -3 - i / 10]),
    },
  };
}
