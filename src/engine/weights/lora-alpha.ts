// Where PEFT and recent diffusers keep alpha: as JSON beside the weights, with patterns for modules that differ.

import { CollimateError } from '../../util/errors.ts';
import type { LoraComponent } from './lora.ts';

export interface LoraAlphas {
  /** The alpha for which `alpha / rank` is the factor of B · A; undefined where nothing is said. */
  of(component: LoraComponent, module: string, rank: number): number | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** The content of `adapter_config.json`, which speaks of one component. @throws CollimateError WEIGHTS */
export function parseAdapterConfig(file: string, json: string): LoraAlphas {
  const fields = parseFields(file, json);
  refuseOthers(file, fields);
  if (typeof fields.lora_alpha !== 'number')
    throw bad(file, `expected a number as lora_alpha, got ${show(fields.lora_alpha)}`);
  return { of: (_, module, rank) => alphaOf(fields, module, rank) };
}

/** The metadata of a file that diffusers wrote: the same fields, prefixed by the component. @throws CollimateError WEIGHTS */
export function parseAdapterMetadata(file: string, json: string): LoraAlphas {
  const fields = parseFields(file, json);
  const of = (component: LoraComponent): Fields =>
    Object.fromEntries(
      Object.entries(fields).flatMap(([name, value]) =>
        name.startsWith(`${component}.`) ? [[name.slice(component.length + 1), value]] : [],
      ),
    );
  const parts = { unet: of('unet'), text_encoder: of('text_encoder') };
  for (const part of Object.values(parts)) refuseOthers(file, part);
  return { of: (component, module, rank) => alphaOf(parts[component], module, rank) };
}

function alphaOf(fields: Fields, module: string, rank: number): number | undefined {
  const patterns = Object.entries((fields.alpha_pattern ?? {}) as Fields);
  const own = patterns.find(([pattern]) => module === pattern || module.endsWith(`.${pattern}`))?.[1];
  const alpha = own ?? fields.lora_alpha;
  if (typeof alpha !== 'number') return undefined;
  // Rank-stabilised LoRA divides by √rank (Kalajdzievski, 2023).
  return fields.use_rslora === true ? alpha * Math.sqrt(rank) : alpha;
}

function refuseOthers(file: string, fields: Fields): void {
  const type = fields.peft_type ?? 'LORA';
  if (type !== 'LORA') throw bad(file, `expected peft_type LORA, got ${show(type)}`);
  if (fields.use_dora === true) throw bad(file, 'expected a plain LoRA, got use_dora: true');
  if (fields.fan_in_fan_out === true) throw bad(file, 'expected weights [out, in], got fan_in_fan_out: true');
}

function parseFields(file: string, json: string): Fields {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  } catch {
    // Said below.
  }
  throw bad(file, `expected a JSON object about the adapter, got ${show(json.slice(0, 40))}`);
}

function bad(file: string, problem: string): CollimateError {
  return new CollimateError('WEIGHTS', `LoRA ${file}: ${problem}`, 'Only plain LoRA adapters are read.');
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
