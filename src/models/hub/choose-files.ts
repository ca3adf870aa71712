// Which files of a model are fetched: what is read here, the licence and the card, and of the weights one form.

import { CollimateError } from '../../util/errors.ts';

export interface ChooseOptions {
  /** Which weights, such as fp16; without it the plain ones. */
  readonly variant?: string;
  /** One file alone, such as a checkpoint in the original layout. */
  readonly file?: string;
}

const ABOUT = /^(README\.md|LICEN[CS]E[\w.-]*)$/i;
const SMALL: readonly RegExp[] = [
  /^model_index\.json$/,
  /^scheduler\/scheduler_config\.json$/,
  /^tokenizer(_[23])?\/(vocab|tokenizer|tokenizer_config|special_tokens_map|added_tokens)\.json$/,
  /^tokenizer(_[23])?\/merges\.txt$/,
  /^(unet|transformer|vae|text_encoder(_[23])?)\/config\.json$/,
];
const CLIP: readonly RegExp[] = [
  /^(config|vocab|tokenizer|tokenizer_config|special_tokens_map|added_tokens)\.json$/,
  /^(preprocessor_config|processor_config)\.json$/,
  /^merges\.txt$/,
];
/** Folders of weights that every model has, the first in one of two forms, and those that some have. */
const DENOISERS = ['unet', 'transformer'];
const COMPONENTS = ['vae', 'text_encoder'];
const FURTHER = ['text_encoder_2', 'text_encoder_3'];

/** Single files and shards, with the variant before or after the number. */
const WEIGHTS = /^(?:diffusion_pytorch_model|model)(?:\.(\w+))?(-\d{5}-of-\d{5})?(?:\.(\w+))?\.safetensors$/;
const INDEX = /^(?:diffusion_pytorch_model|model)\.safetensors\.index(?:\.(\w+))?\.json$/;

/**
 * The paths to fetch, sorted, of all paths that a model has.
 *
 * @throws CollimateError HUB where a part is missing, or there are weights only as pickles or in other variants.
 */
export function chooseFiles(repo: string, paths: readonly string[], { variant, file }: ChooseOptions = {}): string[] {
  const about = paths.filter((path) => ABOUT.test(path));
  if (file !== undefined) return [...about, ...chooseOne(repo, paths, file)].sort();
  const isPipeline = paths.includes('model_index.json');
  if (!isPipeline && !paths.includes('config.json')) throw noModel(repo, paths);
  const rules = isPipeline ? SMALL : CLIP;
  const small = paths.filter((path) => rules.some((rule) => rule.test(path)) && !isSecondForm(paths, path));
  const folders = isPipeline ? foldersOf(paths).map((name) => `${name}/`) : [''];
  const plain = variant === undefined ? [] : foldersWithout(paths, variant);
  const weights = folders.flatMap((folder) =>
    chooseWeights(repo, paths, folder, plain.includes(folder) ? undefined : variant),
  );
  return [...about, ...small, ...weights].sort();
}

/**
 * The folders of a model that lack a variant which others of it have: their plain weights are fetched, as diffusers loads them.
 * None where the whole model lacks it.
 */
export function foldersWithout(paths: readonly string[], variant: string): string[] {
  if (!paths.includes('model_index.json')) return [];
  const folders = foldersOf(paths).map((name) => `${name}/`);
  const without = folders.filter((folder) => !candidatesIn(paths, folder).some((found) => found.variant === variant));
  return without.length < folders.length ? without : [];
}

/** The folders whose weights are fetched, whichever family a model is of. */
function foldersOf(paths: readonly string[]): string[] {
  const isThere = (name: string) => paths.some((path) => path.startsWith(`${name}/`));
  return [DENOISERS.find(isThere) ?? DENOISERS[0]!, ...COMPONENTS, ...FURTHER.filter(isThere)];
}

/** A tokenizer in one file beside the two that say the same, which come first where it is read. */
function isSecondForm(paths: readonly string[], path: string): boolean {
  const folder = path.slice(0, -'tokenizer.json'.length);
  return (
    path === `${folder}tokenizer.json` && ['vocab.json', 'merges.txt'].every((name) => paths.includes(folder + name))
  );
}

function chooseOne(repo: string, paths: readonly string[], file: string): string[] {
  const yaml = file.replace(/\.\w+$/, '.yaml');
  if (paths.includes(file)) return [file, ...(yaml !== file && paths.includes(yaml) ? [yaml] : [])];
  const all = paths.filter((path) => path.endsWith('.safetensors'));
  const known = all.sort((a, b) => a.split('/').length - b.split('/').length).slice(0, 5);
  throw new CollimateError(
    'HUB',
    `${repo}: expected a file ${file}, got none`,
    known.length > 0 ? `It has ${known.join(', ')}.` : 'Look at its files on the hub.',
  );
}

function noModel(repo: string, paths: readonly string[]): CollimateError {
  const files = paths.filter((path) => path.endsWith('.safetensors') && !path.includes('/'));
  return new CollimateError(
    'HUB',
    `${repo}: expected a model_index.json or a config.json, got neither`,
    files.length > 0 ? `Fetch one of its files with --file, such as ${files[0]}.` : 'Name a diffusers or CLIP model.',
  );
}

type Candidate = { path: string; variant: string; sharded: boolean };

/** The weights of a folder in all their forms. */
function candidatesIn(paths: readonly string[], folder: string): Candidate[] {
  return namesIn(paths, folder).flatMap((name): Candidate[] => {
    const weights = WEIGHTS.exec(name);
    const index = INDEX.exec(name);
    if (!weights && !index) return [];
    const found = weights?.[1] ?? weights?.[3] ?? index?.[1] ?? '';
    return [{ path: folder + name, variant: found, sharded: index !== null || weights![2] !== undefined }];
  });
}

function namesIn(paths: readonly string[], folder: string): string[] {
  return paths.filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length));
}

function chooseWeights(repo: string, paths: readonly string[], folder: string, variant: string | undefined): string[] {
  const candidates = candidatesIn(paths, folder);
  const variants = [...new Set(candidates.map((candidate) => candidate.variant))];
  const wanted = variant ?? (variants.length === 1 ? variants[0]! : '');
  const fitting = candidates.filter((candidate) => candidate.variant === wanted);
  const single = fitting.filter(({ sharded }) => !sharded);
  const chosen = single.length > 0 ? single : fitting;
  if (chosen.length > 0) return chosen.map(({ path }) => path);
  const where = `${repo}: ${folder || 'the model'}`;
  if (candidates.length > 0)
    throw new CollimateError(
      'HUB',
      `${where} expected ${wanted ? `the variant ${wanted}` : 'plain weights'}, got ${variants.map((name) => name || 'plain').join(', ')}`,
      `Choose one with --variant.`,
    );
  const pickled = namesIn(paths, folder).find((name) => /\.(bin|ckpt|pt|pth)$/.test(name));
  throw new CollimateError(
    'HUB',
    `${where} expected safetensors, got ${pickled ? `${pickled}, a pickle, which can run any code when it is loaded` : 'no weights'}`,
    'Look for a revision or a copy of the model with safetensors; many have one as a pull request, such as @refs/pr/1.',
  );
}
