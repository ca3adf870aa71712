// How a picture was drawn, as text: the form that AUTOMATIC1111's web UI writes into its PNG files under `parameters`, and
// that galleries and other programs read.

import type { SamplerName } from '../diffusion/samplers.ts';

/** What the text says. */
export interface DrawParameters {
  readonly prompt: string;
  readonly negativePrompt: string;
  /** The last line, such as `Steps` and `Seed`, in its order. */
  readonly settings: Readonly<Record<string, string>>;
}

const SAMPLERS: Readonly<Record<SamplerName, string>> = {
  ddim: 'DDIM',
  pndm: 'PLMS',
  'dpm-solver': 'DPM++ 2M',
  euler: 'Euler',
};

/** What a picture was drawn with. */
export interface DrawnWith {
  readonly prompt: string;
  /** Empty for none. */
  readonly negativePrompt: string;
  readonly seed: number;
  readonly sampler: SamplerName;
  readonly steps: number;
  readonly guidanceScale: number;
  readonly width: number;
  readonly height: number;
  readonly modelHash: string;
  readonly modelName: string;
}

/**
 * The text for a picture.
 *
 * @example
 * describeDrawn(drawn); // 'a dog\nNegative prompt: blurry\nSteps: 20, Sampler: DDIM, CFG scale: 7, Seed: 1, Size: 512x512, …'
 */
export function describeDrawn(drawn: DrawnWith): string {
  const { prompt, negativePrompt, seed, sampler, steps, guidanceScale, width, height, modelHash, modelName } = drawn;
  return formatParameters({
    prompt,
    negativePrompt,
    settings: {
      Steps: String(steps),
      Sampler: SAMPLERS[sampler],
      'CFG scale': String(guidanceScale),
      Seed: String(seed),
      Size: `${width}x${height}`,
      'Model hash': modelHash.slice(0, 10),
      Model: modelName,
    },
  });
}

/** The way back from `parseParameters`. */
export function formatParameters({ prompt, negativePrompt, settings }: DrawParameters): string {
  const last = Object.entries(settings).map(([name, value]) => `${name}: ${quote(value)}`);
  return [prompt, ...(negativePrompt ? [`Negative prompt: ${negativePrompt}`] : []), last.join(', ')].join('\n');
}

function quote(value: string): string {
  return /[,:\n"]/.test(value) ? JSON.stringify(value) : value;
}

/** Fewer settings than this in the last line, and it is a part of the prompt. */
const LEAST_SETTINGS = 3;
const NEGATIVE = 'Negative prompt:';

/** What a text says; where it has another form, all of it is the prompt. */
export function parseParameters(text: string): DrawParameters {
  const lines = text.trim().split('\n');
  const settings = parseSettings(lines.at(-1)!);
  const isSettings = Object.keys(settings).length >= LEAST_SETTINGS;
  const rest = isSettings ? lines.slice(0, -1) : lines;
  const negative = rest.findIndex((line) => line.trimStart().startsWith(NEGATIVE));
  const join = (some: readonly string[]) => some.join('\n').trim();
  return {
    prompt: join(negative < 0 ? rest : rest.slice(0, negative)),
    negativePrompt: negative < 0 ? '' : join(rest.slice(negative)).slice(NEGATIVE.length).trim(),
    settings: isSettings ? settings : {},
  };
}

/** `name: value, name: "value, quoted"`; what has no name is passed over. */
function parseSettings(line: string): Record<string, string> {
  const settings: Record<string, string> = {};
  for (let at = 0; at < line.length; ) {
    const colon = line.indexOf(':', at);
    if (colon < 0) break;
    const name = line.slice(line.lastIndexOf(',', colon) + 1, colon).trim();
    const start = line[colon + 1] === ' ' ? colon + 2 : colon + 1;
    const quoted = line[start] === '"' ? readQuoted(line, start) : undefined;
    const comma = line.indexOf(',', quoted?.end ?? start);
    const end = comma < 0 ? line.length : comma;
    if (/^\w[\w \-/]*$/.test(name)) settings[name] = quoted?.value ?? line.slice(start, end).trim();
    at = end + 1;
  }
  return settings;
}

function readQuoted(line: string, start: number): { value: string; end: number } | undefined {
  for (let end = start + 1; end < line.length; end++) {
    if (line[end] === '\\') end++;
    else if (line[end] === '"') return parseQuoted(line.slice(start, end + 1), end + 1);
  }
  return undefined;
}

function parseQuoted(text: string, end: number): { value: string; end: number } | undefined {
  try {
    return { value: JSON.parse(text) as string, end };
  } catch {
    return undefined;
  }
}
