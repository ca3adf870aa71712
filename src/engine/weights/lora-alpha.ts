// Where PEFT and recent diffusers keep alpha: as JSON beside the weights, with patterns for modules that differ.

import { CollimateError } from '../../util/errors.ts';
import { type AdapterFields, checkAdapter } from './adapter-config.ts';

export interface LoraAlphas {
  /**
   * The alpha for which `alpha / rank` is the factor of B · A; undefined where nothing is said.
   *
   * @param module as the file spells it: patterns are about those names.
   */
  of(component: string, module: string, rank: number): number | undefined;
}

/** The content of `adapter_config.json`, which speaks of one component. @throws CollimateError WEIGHTS */
export function parseAdapterConfig(file: string, json: string): LoraAlphas {
  const fields = parseFields(file, json);
  checkAdapter(file, fields);
  if (typeof fields.lora_alpha !== 'number')
    throw bad(file, `expected a number as lora_alpha, got ${show(fields.lora_alpha)}`);
  const alphaOf = readAlphas(file, fields);
  return { of: (_, module, rank) => alphaOf(module, rank) };
}

/** The metadata of a file that diffusers wrote: the same fields, prefixed by the component. @throws CollimateError WEIGHTS */
export function parseAdapterMetadata(file: string, json: string, components: readonly string[]): LoraAlphas {
  const fields = parseFields(file, json);
  const parts = new Map<string, ReturnType<typeof readAlphas>>();
  const of = (component: string) => {
    const own = Object.fromEntries(
      Object.entries(fields).flatMap(([name, value]) =>
        name.startsWith(`${component}.`) ? [[name.slice(component.length + 1), value]] : [],
      ),
    );
    checkAdapter(file, own);
    return readAlphas(file, own);
  };
  for (const component of components) parts.set(component, of(component));
  return { of: (component, module, rank) => parts.get(component)?.(module, rank) };
}

function readAlphas(file: string, fields: AdapterFields): (module: string, rank: number) => number | undefined {
  const patterns = readPatterns(file, fields.alpha_pattern ?? {});
  return (module, rank) => {
    const alpha = patterns.find(({ expression }) => expression.test(module))?.alpha ?? fields.lora_alpha;
    if (typeof alpha !== 'number') return undefined;
    // Rank-stabilised LoRA divides by √rank (Kalajdzievski, 2023).
    return fields.use_rslora === true ? alpha * Math.sqrt(rank) : alpha;
  };
}

/**
 * PEFT's patterns are regular expressions for the end of a module's name, from a dot on; the first that fits counts. Those
 * for ranks need no reading: the matrices show their rank.
 */
function readPatterns(file: string, value: unknown): { expression: RegExp; alpha: number }[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw bad(file, `expected patterns and numbers as alpha_pattern, got ${show(value)}`);
  return Object.entries(value).map(([pattern, alpha]: [string, unknown]) => {
    if (typeof alpha !== 'number') throw bad(file, `alpha_pattern: ${pattern}: expected a number, got ${show(alpha)}`);
    return { expression: compile(file, pattern), alpha };
  });
}

function compile(file: string, pattern: string): RegExp {
  try {
    // In Unicode mode what Python alone knows is an error, and not another expression.
    return new RegExp(`^(?:.*\\.)?(?:${pattern})$`, 'u');
  } catch (cause) {
    throw new CollimateError(
      'WEIGHTS',
      `LoRA ${file}: alpha_pattern: expected a regular expression, got ${show(pattern)} (${(cause as Error).message})`,
      'Write the pattern without what only Python reads, such as (?P<name>…) or \\Z.',
      { cause },
    );
  }
}

function parseFields(file: string, json: string): AdapterFields {
  try {
    const value: unknown = JSON.parse(json.replace(/^\uFEFF/, ''));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as AdapterFields;
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
