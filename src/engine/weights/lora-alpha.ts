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
  /** The rank that is said, for adapters whose matrices do not show one. */
  rankOf(component: string, module: string): number | undefined;
  /** Whether each layer of the component has magnitudes beside its matrices (DoRA). */
  hasMagnitudes(component: string): boolean;
}

/** The content of `adapter_config.json`, which speaks of one component. @throws CollimateError WEIGHTS */
export function parseAdapterConfig(file: string, json: string): LoraAlphas {
  const fields = parseFields(file, json);
  checkAdapter(file, fields);
  const name = alphaField(fields);
  if (typeof fields[name] !== 'number') throw bad(file, `expected a number as ${name}, got ${show(fields[name])}`);
  const part = readPart(file, fields);
  return {
    of: (_, module, rank) => part.alphaOf(module, rank),
    rankOf: (_, module) => part.rankOf(module),
    hasMagnitudes: () => part.magnitudes,
  };
}

/** The metadata of a file that diffusers wrote: the same fields, prefixed by the component. @throws CollimateError WEIGHTS */
export function parseAdapterMetadata(file: string, json: string, components: readonly string[]): LoraAlphas {
  const fields = parseFields(file, json);
  const parts = new Map<string, ReturnType<typeof readPart>>();
  const of = (component: string) => {
    const own = Object.fromEntries(
      Object.entries(fields).flatMap(([name, value]) =>
        name.startsWith(`${component}.`) ? [[name.slice(component.length + 1), value]] : [],
      ),
    );
    checkAdapter(file, own);
    return readPart(file, own);
  };
  for (const component of components) parts.set(component, of(component));
  return {
    of: (component, module, rank) => parts.get(component)?.alphaOf(module, rank),
    rankOf: (component, module) => parts.get(component)?.rankOf(module),
    hasMagnitudes: (component) => parts.get(component)?.magnitudes ?? false,
  };
}

/** LoRA's own name of alpha, and that of the other kinds. */
function alphaField({ peft_type: kind }: AdapterFields): 'lora_alpha' | 'alpha' {
  return kind === 'LOHA' || kind === 'LOKR' ? 'alpha' : 'lora_alpha';
}

function readPart(file: string, fields: AdapterFields) {
  const alphas = readPatterns(file, 'alpha_pattern', fields.alpha_pattern ?? {});
  const ranks = readPatterns(file, 'rank_pattern', fields.rank_pattern ?? {});
  const find = (patterns: typeof alphas, module: string) =>
    patterns.find(({ expression }) => expression.test(module))?.value;
  const numberOf = (name: string) => {
    const value = fields[name];
    if (value === undefined || value === null || isFiniteNumber(value)) return value ?? undefined;
    throw bad(file, `${name}: expected a number, got ${show(value)}`);
  };
  const [ownAlpha, ownRank] = [numberOf(alphaField(fields)), numberOf('r')];
  return {
    alphaOf(module: string, rank: number): number | undefined {
      const alpha = find(alphas, module) ?? ownAlpha;
      // Rank-stabilised LoRA divides by √rank (Kalajdzievski, 2023).
      return alpha !== undefined && fields.use_rslora === true ? alpha * Math.sqrt(rank) : alpha;
    },
    rankOf: (module: string): number | undefined => find(ranks, module) ?? ownRank,
    magnitudes: fields.use_dora === true,
  };
}

/**
 * PEFT's patterns are regular expressions for the end of a module's name, from a dot on; the first that fits counts.
 */
function readPatterns(file: string, field: string, value: unknown): { expression: RegExp; value: number }[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw bad(file, `expected patterns and numbers as ${field}, got ${show(value)}`);
  return Object.entries(value).map(([pattern, number]: [string, unknown]) => {
    if (!isFiniteNumber(number)) throw bad(file, `${field}: ${pattern}: expected a number, got ${show(number)}`);
    return { expression: compile(file, field, pattern), value: number };
  });
}

const isFiniteNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

function compile(file: string, field: string, pattern: string): RegExp {
  try {
    // In Unicode mode what Python alone knows is an error, and not another expression.
    return new RegExp(`^(?:.*\\.)?(?:${pattern})$`, 'u');
  } catch (cause) {
    throw new CollimateError(
      'WEIGHTS',
      `LoRA ${file}: ${field}: expected a regular expression, got ${show(pattern)} (${(cause as Error).message})`,
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
  return new CollimateError('WEIGHTS', `LoRA ${file}: ${problem}`, 'Fetch it again, or mend what it says.');
}

function show(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
