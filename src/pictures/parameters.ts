// How a picture was drawn, as text: the form that AUTOMATIC1111's web UI writes into its files under `parameters`, and that
// galleries and other programs read.

/** What the text says. */
export interface DrawParameters {
  readonly prompt: string;
  readonly negativePrompt: string;
  /** What begins with `Steps`, such as the seed, in its order. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The way back from `parseParameters`. */
export function formatParameters({ prompt, negativePrompt, settings }: DrawParameters): string {
  const last = Object.entries(settings).map(([name, value]) => `${name}: ${quote(value)}`);
  return [prompt, ...(negativePrompt ? [`Negative prompt: ${negativePrompt}`] : []), last.join(', ')].join('\n');
}

function quote(value: string): string {
  return /[,:\n"]/.test(value) ? JSON.stringify(value) : value;
}

const NEGATIVE = 'Negative prompt:';
/** Where the settings begin. Extensions write lines of their own behind, which belong to them too. */
const FIRST_SETTING = /^\s*Steps: \d+\s*(,|$)/;

/** What a text says; where no line begins with `Steps`, all of it is prompts, unless it is JSON, which nobody draws. */
export function parseParameters(text: string): DrawParameters {
  const fields = readFields(text);
  if (fields) return fromFields(fields);
  const lines = text.trim().split('\n');
  const first = lines.findIndex((line) => FIRST_SETTING.test(line));
  const rest = first < 0 ? lines : lines.slice(0, first);
  const negative = rest.findIndex((line) => line.trimStart().startsWith(NEGATIVE));
  const join = (some: readonly string[]) => some.join('\n').trim();
  return {
    prompt: join(negative < 0 ? rest : rest.slice(0, negative)),
    negativePrompt: negative < 0 ? '' : join(rest.slice(negative)).slice(NEGATIVE.length).trim(),
    settings: first < 0 ? {} : { ...parseSettings(lines[first]!), ...parseLines(lines.slice(first + 1)) },
  };
}

/** A text that is JSON with a prompt; its settings are left out where they are without steps, since `formatParameters` needs these. */
export function parseFields(text: string): DrawParameters | undefined {
  const fields = readFields(text);
  if (!fields) return undefined;
  const { settings, ...prompts } = fromFields(fields);
  return prompts.prompt === '' ? undefined : { ...prompts, settings: settings.Steps === undefined ? {} : settings };
}

type Fields = Readonly<Record<string, unknown>>;

/** A text that is a JSON object, as SwarmUI, Fooocus, InvokeAI and NovelAI write it. */
function readFields(text: string): Fields | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const { sui_image_params: swarm, ...fields } = JSON.parse(text) as Fields;
    return typeof swarm === 'object' && swarm !== null ? (swarm as Fields) : fields;
  } catch {
    return undefined;
  }
}

/** What their fields are called, by what they are called here. */
const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  Steps: ['steps'],
  Sampler: ['sampler', 'sampler_name', 'scheduler'],
  'CFG scale': ['cfgscale', 'cfg_scale', 'guidance_scale', 'scale'],
  Seed: ['seed'],
  Model: ['model', 'base_model'],
};

function fromFields(fields: Fields): DrawParameters {
  const find = (names: readonly string[], type: string) =>
    names.map((name) => fields[name]).find((value) => typeof value === type);
  const textOf = (...names: string[]) => String(find(names, 'string') ?? '').trim();
  const settings = Object.entries(SETTINGS).flatMap(([name, names]) => {
    const value = find(names, 'number') ?? find(names, 'string');
    return value === undefined ? [] : [[name, String(value)]];
  });
  return {
    prompt: textOf('prompt', 'positive_prompt'),
    negativePrompt: textOf('negative_prompt', 'negativeprompt', 'uc'),
    settings: Object.fromEntries(settings),
  };
}

/** Lines of one setting each, such as `Template: a {red|blue} dog`; one without a name goes on with the setting before it. */
function parseLines(lines: readonly string[]): Record<string, string> {
  const settings: Record<string, string> = {};
  let last: string | undefined;
  for (const line of lines) {
    const [, name, value] = /^(\w[\w \-/]*): (.*)$/.exec(line) ?? [];
    if (name !== undefined) settings[name] = value!;
    else if (last !== undefined) settings[last] += `\n${line}`;
    last = name ?? last;
  }
  return settings;
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
