// What a LoRA file says of itself: kohya's scripts write `ss_…` fields into its metadata, other programs `modelspec.…`. Nothing
// here is needed to use it; it is told, since the words that call a style up stand nowhere else.

import { tidyName, withoutControls } from '../../util/outside-text.ts';
import { plural } from '../../util/text.ts';
import { locateLora } from './read-lora.ts';
import { openSafetensors } from './safetensors.ts';

export interface LoraOrigin {
  /** What is known here, in words: `made for v1-5-pruned`, `trigger words fox, oil`. */
  readonly told: readonly string[];
  /** How many further fields there are, which are not read. */
  readonly unread: number;
}

type Metadata = Readonly<Record<string, string>>;

const OF_OTHERS = /^(ss_|modelspec\.)/;
const MOST_TAGS = 5;
const MOST_LETTERS = 100;

/** What is told, and of which fields it is made. */
const FACTS: readonly (readonly [fields: readonly string[], tell: (...values: string[]) => string | undefined])[] = [
  [['modelspec.title'], (title) => `called "${title}"`],
  [['modelspec.author'], (author) => `by ${author}`],
  [['modelspec.date'], (date) => `made at ${date}`],
  [
    ['ss_sd_model_name', 'modelspec.architecture', 'ss_base_model_version'],
    (name, architecture, version) => `made for ${name ?? architecture?.replace(/[/-]lora$/, '') ?? version}`,
  ],
  [
    ['ss_new_sd_model_hash', 'ss_sd_model_hash'],
    (newer, older) => `hash of that model ${(newer ?? older)?.slice(0, 12)}`,
  ],
  [['ss_network_dim', 'ss_network_alpha'], (rank, alpha) => rank && `trained at rank ${rank}, alpha ${alpha ?? rank}`],
  [
    ['ss_steps', 'ss_max_train_steps', 'ss_learning_rate'],
    (done, planned, rate) => {
      const count = Number(done ?? planned);
      const words = Number.isFinite(count) && `learned for ${plural(count, 'step')}`;
      if (!words) return rate && `learned at the rate ${rate}`;
      return rate ? `${words} at the rate ${rate}` : words;
    },
  ],
  [['modelspec.resolution', 'ss_resolution'], (size, learned) => `for pictures of ${size ?? learned}`],
  [['modelspec.license'], (licence) => `under ${licence}`],
  [['modelspec.usage_hint'], (hint) => `to be used so: ${hint}`],
  [['modelspec.trigger_phrase'], (trigger) => `called up by "${trigger}"`],
  [['ss_tag_frequency'], (tags) => describeTags(tags!)],
];

/** Undefined where the file at `path` has no such fields. @throws CollimateError WEIGHTS where it is none. */
export function readLoraOrigin(path: string): LoraOrigin | undefined {
  const source = openSafetensors(locateLora(path));
  try {
    return describeOrigin(source.metadata);
  } finally {
    source.close();
  }
}

function describeOrigin(metadata: Metadata): LoraOrigin | undefined {
  const given = Object.keys(metadata).filter((name) => OF_OTHERS.test(name));
  if (given.length === 0) return undefined;
  const read = new Set<string>();
  const told = FACTS.flatMap(([fields, tell]) => {
    const values = fields.map((field) => usable(metadata[field]));
    if (values.every((value) => value === undefined)) return [];
    for (const field of fields) read.add(field);
    const words = tell(...(values as string[]));
    return words ? tidy(words) : [];
  });
  return { told, unread: given.filter((name) => !read.has(name)).length };
}

/** kohya writes `None` where there is nothing. */
const usable = (value: string | undefined) =>
  value === undefined || value === '' || value === 'None' ? undefined : value;

/** What is told, as a part of one line: licences may stand there in full, and anything at all in a file of anybody's. */
function tidy(words: string): string {
  const line = tidyName(withoutControls(words));
  return line.length > MOST_LETTERS ? `${line.slice(0, MOST_LETTERS)}…` : line;
}

/** `{"10_fox": {"oil painting": 12, …}}`: how often captions had each tag, by folder. */
function describeTags(json: string): string | undefined {
  try {
    const counts = new Map<string, number>();
    for (const folder of Object.values(JSON.parse(json) as Record<string, Record<string, number>>))
      for (const [tag, count] of Object.entries(folder))
        counts.set(tag.trim(), (counts.get(tag.trim()) ?? 0) + Number(count));
    const often = [...counts].sort((a, b) => b[1] - a[1]).slice(0, MOST_TAGS);
    return often.length === 0 ? undefined : `learned most from captions with ${often.map(([tag]) => tag).join(', ')}`;
  } catch {
    return undefined;
  }
}
