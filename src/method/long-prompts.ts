// Prompts that are longer than the project's model reads, told where prompts come in and where they are drawn.

import { openPromptReader, type PromptCut, type PromptReader } from '../models/inference/prompt-reader.ts';
import type { Project } from '../project/project.ts';
import { CollimateError } from '../util/errors.ts';
import { plural } from '../util/text.ts';
import { projectModel } from './project-model.ts';

export interface LongPrompts {
  /** Tokens that the model reads, start and end counted. */
  readonly limit: number;
  readonly prompts: number;
  readonly long: number;
  /** The first of them. */
  readonly examples: readonly PromptCut[];
}

const EXAMPLES = 3;

/** The prompts of which a model does not read the end; undefined where it reads all of each. */
export function findLongPrompts(reader: PromptReader | undefined, texts: readonly string[]): LongPrompts | undefined {
  if (reader === undefined) return undefined;
  const all = [...new Set(texts)];
  const cuts = all.flatMap((text) => reader.cut(text) ?? []);
  if (cuts.length === 0) return undefined;
  return { limit: reader.limit, prompts: all.length, long: cuts.length, examples: cuts.slice(0, EXAMPLES) };
}

/** How many prompts are cut, and where. */
export function describeLongPrompts({ limit, prompts, long, examples }: LongPrompts): string[] {
  return [
    `${long} of ${plural(prompts, 'prompt')} ${long === 1 ? 'is' : 'are'} longer than the model reads (${limit} tokens with start and end); what follows is lost to it:`,
    ...examples.map(({ kept, lost, tokens }) => `  ${tokens} tokens: "${kept.trimEnd()}" | "${lost.trimStart()}"`),
    ...(long > examples.length ? [`  and ${long - examples.length} more`] : []),
  ];
}

let opened: { readonly model: string; readonly reader: PromptReader | undefined } | undefined;

/** The reader of the project's model, kept while that is the same. Before the model is there it cannot be told how much it reads, and nothing is. */
export function openProjectReader({ dir, config }: Pick<Project, 'dir' | 'config'>): PromptReader | undefined {
  try {
    const model = projectModel({ dir, config });
    if (opened?.model !== model) opened = { model, reader: openPromptReader(model) };
    return opened.reader;
  } catch (error) {
    if (error instanceof CollimateError) return undefined;
    throw error;
  }
}
