// In what two runs of a stage differ, key by key, for people who wonder why one does not go on from the other.

import { canonicalJson } from '../../util/hash.ts';

/** What keys are called that are hashes of something. */
const NAMES: Readonly<Record<string, string>> = {
  dataHash: 'the pictures, answers or pairs that it learns from',
  rewardHash: 'the reward function',
  baseHash: 'the model that is tuned',
  editsHash: 'the edits of its prompts',
  encoderHash: 'the CLIP',
  modelHash: 'the model',
  watch: 'the reward functions that watch',
};

/**
 * The keys in which two configs differ, such as `tune.beta (0.1, now 0.2)`; hashes are named by what they are of.
 *
 * @example
 * listDifferences({ tune: { beta: 0.1 } }, { tune: { beta: 0.2 } }); // ['tune.beta (0.1, now 0.2)']
 */
export function listDifferences(earlier: object, later: object, path = ''): string[] {
  const [before, now] = [earlier, later].map((config) => JSON.parse(JSON.stringify(config)) as Record<string, unknown>);
  const keys = [...new Set([before, now].flatMap((config) => Object.keys(config!)))];
  return keys.flatMap((key) => {
    const [a, b] = [before![key], now![key]];
    if (canonicalJson(a) === canonicalJson(b)) return [];
    if (NAMES[key] !== undefined) return [NAMES[key]];
    if (isRecord(a) && isRecord(b)) return listDifferences(a, b, `${path}${key}.`);
    return [`${path}${key} (${show(a)}, now ${show(b)})`];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return value === undefined ? 'not known then' : JSON.stringify(value);
}
