// The graph that ComfyUI writes into its pictures, as far as it says what was drawn: the texts that a sampler is led to and
// away from, and the sampler's settings.

import type { DrawParameters } from './parameters.ts';

interface Node {
  readonly class_type?: unknown;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

type Graph = Readonly<Record<string, Node>>;

/** Where texts stand in nodes that hold one. */
const TEXT_INPUTS = ['text', 'text_g', 'string', 'value', 'prompt'];
/** Inputs through which a node hands on the conditioning that it got. */
const THROUGH = ['conditioning', 'conditioning_to'];
const MOST_STEPS = 50;

/** Undefined for what is no such graph, and where samplers were led to different texts: which one made the picture is not told. */
export function readComfyPrompt(json: string): DrawParameters | undefined {
  const graph = parseGraph(json);
  const nodes = Object.values(graph ?? {}).filter((node) => isLink(node?.inputs?.positive) || isGuider(node));
  const texts = (key: 'positive' | 'negative') => {
    const found = nodes.map(({ inputs }) =>
      follow(graph!, inputs?.[key] ?? (key === 'positive' ? inputs?.conditioning : 0), key),
    );
    return [...new Set(found.flatMap((text) => text ?? []))].filter((text) => text.trim() !== '');
  };
  const [prompts, negatives] = [texts('positive'), texts('negative')];
  if (prompts.length !== 1) return undefined;
  return {
    prompt: prompts[0]!,
    negativePrompt: negatives.length === 1 ? negatives[0]! : '',
    settings: readSettings(Object.values(graph!)),
  };
}

const isLink = (value: unknown): value is [string, number] => Array.isArray(value) && typeof value[0] === 'string';
const isGuider = ({ class_type: name, inputs }: Node) =>
  typeof name === 'string' && name.endsWith('Guider') && isLink(inputs?.conditioning);

function parseGraph(json: string): Graph | undefined {
  try {
    // Python writes NaN, which JSON does not know.
    const value: unknown = JSON.parse(json.replace(/\bNaN\b/g, 'null'));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const nodes = Object.entries(value).filter(([, node]) => typeof node === 'object' && node !== null);
    return Object.fromEntries(nodes) as Graph;
  } catch {
    return undefined;
  }
}

/** One for each text encoder, that say different things: neither is what the picture was led to. */
const hasTwoTexts = ({ text_g: big, text_l: small }: Readonly<Record<string, unknown>>) =>
  typeof big === 'string' && typeof small === 'string' && ![big.trim(), ''].includes(small.trim());

/** The text at the end of a chain of nodes. */
function follow(graph: Graph, start: unknown, key: 'positive' | 'negative'): string | undefined {
  let link = start;
  for (let step = 0; step < MOST_STEPS && isLink(link); step++) {
    const inputs: Readonly<Record<string, unknown>> = graph[link[0]]?.inputs ?? {};
    if (hasTwoTexts(inputs)) return undefined;
    const text = TEXT_INPUTS.map((name) => inputs[name]).find((value) => typeof value === 'string' || isLink(value));
    if (typeof text === 'string') return text;
    link = text ?? inputs[key] ?? THROUGH.map((name) => inputs[name]).find(isLink);
  }
  return undefined;
}

/** Of the first node that has them; without steps, none, since they would not be told from the prompt. */
function readSettings(nodes: readonly Node[]): Record<string, string> {
  const find = (...names: string[]) => {
    const values = nodes.flatMap(({ inputs }) => names.map((name) => inputs?.[name]));
    return values.find((value) => typeof value === 'number' || (typeof value === 'string' && /^[\w+ -]+$/.test(value)));
  };
  const settings = {
    Steps: find('steps'),
    Sampler: find('sampler_name'),
    'CFG scale': find('cfg'),
    Seed: find('seed', 'noise_seed'),
  };
  if (!Number.isInteger(settings.Steps)) return {};
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
