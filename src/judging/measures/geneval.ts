// GenEval's rules: whether the objects found in a picture are those that a prompt asks for (Ghosh, Hajishirzi and
// Schmidt, "GenEval", NeurIPS 2023). Colors are asked of whoever can tell them.

import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { CollimateError } from '../../util/errors.ts';
import { describeIssues } from '../../util/issue-words.ts';
import type { Box, Detection, Detections } from './detector.ts';

const requirementSchema = z.object({
  class: z.string().min(1),
  count: z.int().nonnegative(),
  color: z.string().optional(),
  /** Where it is, and the place in `include` of what it is seen from. */
  position: z.tuple([z.enum(['left of', 'right of', 'above', 'below']), z.int().nonnegative()]).optional(),
});

const promptSchema = z.object({
  /** The task: single_object, two_object, counting, colors, position, color_attr, or another. */
  tag: z.string().min(1),
  include: z.array(requirementSchema).default([]),
  exclude: z.array(requirementSchema.pick({ class: true, count: true })).default([]),
  prompt: z.string().min(1),
});

export type GenevalPrompt = z.infer<typeof promptSchema>;

/** GenEval's colors, in its order. */
export const GENEVAL_COLORS = [
  'red',
  'orange',
  'yellow',
  'green',
  'blue',
  'purple',
  'pink',
  'brown',
  'black',
  'white',
] as const;

/**
 * Reads `evaluation_metadata.jsonl`, one prompt a line.
 *
 * @throws CollimateError CONFIG where a line is no prompt, or looks at what does not stand before it.
 */
export function readGenevalPrompts(path: string): GenevalPrompt[] {
  const fail = (problem: string) =>
    new CollimateError(
      'CONFIG',
      `${path}: ${problem}`,
      'Take evaluation_metadata.jsonl of GenEval, or write lines like its.',
    );
  if (!existsSync(path)) throw fail('there is no such file');
  const lines = readFileSync(path, 'utf8').split('\n');
  const prompts = lines.flatMap((line, i) => {
    if (line.trim() === '') return [];
    const parsed = promptSchema.safeParse(parseJson(line));
    if (!parsed.success) throw fail(`line ${i + 1}: ${describeIssues(parsed.error.issues)}`);
    const ahead = parsed.data.include.findIndex(({ position }, k) => position !== undefined && position[1] >= k);
    if (ahead >= 0)
      throw fail(`line ${i + 1}: position of ${parsed.data.include[ahead]!.class} names nothing before it`);
    return [parsed.data];
  });
  if (prompts.length === 0) throw fail('expected prompts, got none');
  return prompts;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** The color of each object of a class in a picture. */
export type ClassifyColors = (className: string, objects: readonly Detection[]) => Promise<string[]>;

export interface GenevalAnswer {
  readonly correct: boolean;
  /** Why not, one line each. */
  readonly reasons: readonly string[];
}

/**
 * Whether a picture has all that `include` asks for and nothing of what `exclude` names. Of each class the `count` most
 * certain objects are looked at; each of them needs the color; each must stand so to each object of its target.
 */
export async function judgeObjects(
  { include, exclude }: Pick<GenevalPrompt, 'include' | 'exclude'>,
  objects: Detections,
  classifyColors: ClassifyColors,
): Promise<GenevalAnswer> {
  const reasons: string[] = [];
  const matched: (readonly Detection[] | null)[] = [];
  for (const { class: name, count, color, position } of include) {
    const found = (objects.get(name) ?? []).slice(0, count);
    const before = reasons.length;
    if (found.length < count) reasons.push(`expected ${name}>=${count}, found ${found.length}`);
    else {
      if (color !== undefined) {
        const colors = await classifyColors(name, found);
        const right = colors.filter((one) => one === color).length;
        if (right < count) reasons.push(`expected ${color} ${name}>=${count}, found ${colors.join(', ')}`);
      }
      if (position !== undefined && reasons.length === before) {
        const [relation, target] = position;
        const others = matched[target];
        if (!others) reasons.push(`no target for ${name} to be ${relation}`);
        else if (found.some((own) => others.some((other) => !relationsOf(own.box, other.box).has(relation))))
          reasons.push(`expected ${name} ${relation} target`);
      }
    }
    matched.push(reasons.length === before ? found : null);
  }
  for (const { class: name, count } of exclude) {
    const found = objects.get(name)?.length ?? 0;
    if (found >= count) reasons.push(`expected ${name}<${count}, found ${found}`);
  }
  return { correct: reasons.length === 0, reasons };
}

export type Relation = 'left of' | 'right of' | 'above' | 'below';

/** How far boxes may overlap and still stand apart, in parts of their summed sizes. */
const POSITION_THRESHOLD = 0.1;

/** Where box a is from box b; none where they hardly differ, two on a diagonal. */
export function relationsOf(a: Box, b: Box): Set<Relation> {
  const offset = [0, 1].map((axis) => (a[axis]! + a[axis + 2]! - b[axis]! - b[axis + 2]!) / 2);
  const revised = offset.map((value, axis) => {
    const sizes = Math.abs(a[axis + 2]! - a[axis]!) + Math.abs(b[axis + 2]! - b[axis]!);
    return Math.max(Math.abs(value) - POSITION_THRESHOLD * sizes, 0) * Math.sign(value);
  });
  const relations = new Set<Relation>();
  if (revised.every((value) => Math.abs(value) < 1e-3)) return relations;
  const [dx, dy] = revised.map((value) => value / Math.hypot(offset[0]!, offset[1]!)) as [number, number];
  if (dx < -0.5) relations.add('left of');
  if (dx > 0.5) relations.add('right of');
  if (dy < -0.5) relations.add('above');
  if (dy > 0.5) relations.add('below');
  return relations;
}
