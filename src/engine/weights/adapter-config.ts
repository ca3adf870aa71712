// What PEFT says of an adapter beside its weights. Fields that would change what the weights mean are refused by name; a
// field that nobody here knows is refused as well, unless it says that what it is about is off.

import { CollimateError } from '../../util/errors.ts';

/** The fields of `adapter_config.json`, or of one component in a file's metadata. */
export type AdapterFields = Readonly<Record<string, unknown>>;

/** Kinds that are read. */
const KNOWN_KINDS: ReadonlySet<unknown> = new Set(['LORA', 'LOHA', 'LOKR']);

/** PEFT's own names of others, in the words of their papers. */
const KINDS: Readonly<Record<string, string>> = {
  IA3: 'an IA³ adapter, which scales activations',
  OFT: 'an OFT adapter, which turns weights',
  BOFT: 'a BOFT adapter, which turns weights',
  VERA: 'a VeRA adapter',
  ADALORA: 'an AdaLoRA adapter',
};

/** What `init_lora_weights` says of ways to start that leave the base model's weights as they are. */
const PLAIN_STARTS: readonly unknown[] = [undefined, null, true, false, 'gaussian', 'eva', 'orthogonal', 'mica'];

/** Fields that say where, how fast or by what the adapter was trained: they change no merged weight. */
const TRAINING_ONLY: ReadonlySet<string> = new Set([
  ...[
    'auto_mapping',
    'base_model_name_or_path',
    'revision',
    'task_type',
    'inference_mode',
    'peft_version',
    'runtime_config',
  ],
  ...[
    'target_modules',
    'exclude_modules',
    'layers_to_transform',
    'layers_pattern',
    'lora_dropout',
    'ensure_weight_tying',
  ],
  ...['rank_dropout', 'module_dropout', 'rank_dropout_scale', 'init_weights', 'decompose_both', 'decompose_factor'],
  ...['use_effective_conv2d', 'megatron_core', 'eva_config', 'qalora_group_size', 'adapter_name'],
]);

/** Fields that are read, or refused with words of their own. */
const READ: ReadonlySet<string> = new Set([
  ...['peft_type', 'r', 'lora_alpha', 'rank_pattern', 'alpha_pattern', 'use_rslora', 'init_lora_weights', 'bias'],
  ...['alpha', 'use_dora'],
]);

/** What fields mean that are refused unless they are off. */
const MEANINGS: Readonly<Record<string, string>> = {
  lora_bias: 'its second matrices have biases of their own',
  modules_to_save: 'it holds whole modules beside the low-rank ones',
  fan_in_fan_out: 'its weights are [in, out]',
  trainable_token_indices: 'it changes embeddings of tokens',
  target_parameters: 'it adapts parameters outside of layers',
  layer_replication: 'it doubles layers of the base model',
  use_qalora: 'QALoRA groups the inputs',
  use_bdlora: 'block-diagonal LoRA has matrices of another shape',
  alora_invocation_tokens: 'activated LoRA works from a token on',
  loftq_config: 'LoftQ changes the base model that it is added to',
  corda_config: 'CorDA changes the base model that it is added to',
  lora_ga_config: 'LoRA-GA changes the base model that it is added to',
  kasa_config: 'KaSA takes the noise out of the base model that it is added to',
};

/** @throws CollimateError WEIGHTS naming the first field that makes the adapter one that is not read here. */
export function checkAdapter(file: string, fields: AdapterFields): void {
  const kind = fields.peft_type ?? 'LORA';
  if (!KNOWN_KINDS.has(kind)) throw foreign(file, 'peft_type', kind, KINDS[String(kind)] ?? 'another kind of adapter');
  const start = fields.init_lora_weights;
  if (!PLAIN_STARTS.includes(typeof start === 'string' ? start.toLowerCase() : start))
    throw foreign(
      file,
      'init_lora_weights',
      start,
      'this way to start takes a part out of the base model, so that the adapter fits that remainder alone',
      'Save it with PEFT as a plain LoRA (path_initial_model_for_weight_conversion), and use that.',
    );
  if ((fields.bias ?? 'none') !== 'none')
    throw foreign(file, 'bias', fields.bias, 'it changes biases of the base model as well');
  for (const [name, value] of Object.entries(fields)) {
    if (READ.has(name) || TRAINING_ONLY.has(name) || isOff(value)) continue;
    throw foreign(file, name, value, MEANINGS[name] ?? 'what it does is not known here');
  }
}

function isOff(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function foreign(file: string, field: string, value: unknown, meaning: string, hint = PLAIN_ALONE): CollimateError {
  const shown = JSON.stringify(value)?.slice(0, 60);
  return new CollimateError(
    'WEIGHTS',
    `LoRA ${file}: expected a LoRA, LoHa or LoKr, got ${field}: ${shown}: ${meaning}`,
    hint,
  );
}

const PLAIN_ALONE = 'Merge it into its base model with PEFT, and use the merged model.';
