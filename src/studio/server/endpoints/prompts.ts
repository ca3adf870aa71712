// Prompts: settings, preview, import.

import { parsePrompts } from '../../../method/feedback/parse-prompts.ts';
import { choosePrompts } from '../../../method/feedback/prompts.ts';
import { splitByShares } from '../../../method/feedback/split-prompts.ts';
import { removeChosenPrompts } from '../../../method/remove.ts';
import { changeConfigFile } from '../../../project/config/config-write.ts';
import { listPromptPage } from '../../../project/images/prompt-pages.ts';
import {
  insertPrompts,
  listPrompts as listStored,
  importPrompts as storePrompts,
} from '../../../project/images/prompts.ts';
import { recordAudit } from '../../../project/people/audit.ts';
import { categoriesOf, countsOf } from '../../../project/prompts/grammar.ts';
import { GRAMMAR_NAMES, readGrammar, writeGrammar } from '../../../project/prompts/grammar-input.ts';
import type { Output } from '../../contract/client.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import type { Endpoints, Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';
import { countPossible, mergeSettings, previewPrompts as preview } from '../prompts/preview.ts';
import { removing } from '../removing.ts';

const listPrompts: Handler<'listPrompts'> = async ({ studio, query: { cursor, ...page } }) => {
  const { next, ...found } = await listPromptPage(studio.project.db, { ...page, after: readCursor(cursor) });
  return { ...found, next: next && writeCursor(next) };
};

const getPromptSettings: Handler<'getPromptSettings'> = async ({ studio }) => {
  const { config } = studio.readProjectConfig();
  const { words: _words, ...settings } = config.prompts;
  const grammar = readGrammar(settings.grammar);
  const { colors, subjects, backgrounds, slots = {} } = grammar;
  return {
    settings: settings as Output<'getPromptSettings'>['settings'],
    vocabulary: {
      counts: countsOf(grammar),
      colors: [...colors],
      subjects: subjects.map(({ singular }) => singular),
      backgrounds: backgrounds.map(({ name }) => name),
      slots: Object.fromEntries(Object.entries(slots).map(([slot, words]) => [slot, words.map(({ name }) => name)])),
    },
    names: [...GRAMMAR_NAMES],
    written: { ...writeGrammar(settings.grammar) },
    categories: categoriesOf(grammar),
    possible: countPossible(config),
  };
};

const previewPrompts: Handler<'previewPrompts'> = async ({ studio, body }) => {
  const stored = new Set((await listStored(studio.project.db)).map(({ id }) => id));
  return preview(studio.readProjectConfig().config, body, stored);
};

const putPromptSettings: Handler<'putPromptSettings'> = async ({ studio, caller, body }) => {
  const { db, dir } = studio.project;
  const changes = Object.fromEntries(Object.entries(body).map(([name, value]) => [`prompts.${name}`, value]));
  changeConfigFile(dir, changes);
  const { config } = studio.readProjectConfig();
  const added = await insertPrompts(db, choosePrompts({ seed: config.seed, prompts: mergeSettings(config, body) }));
  await recordAudit(db, { actor: caller, action: 'prompts.settings', target: 'collimate.yaml', detail: body });
  return { added, total: (await listStored(db)).length };
};

const EXAMPLES = 10;

const importPrompts: Handler<'importPrompts'> = async ({ studio, caller, body }) => {
  const { db } = studio.project;
  const { format, content, split, dryRun, unseenShare = 0, developmentShare = 0 } = body;
  const { config } = studio.readProjectConfig();
  const { prompts: read, ...rest } = parsePrompts(format, content, split, readGrammar(config.prompts.grammar));
  const shares = { unseen: unseenShare, development: developmentShare };
  const prompts = unseenShare + developmentShare > 0 ? splitByShares(read, shares, config.seed) : read;
  const stored = new Set((await listStored(db)).map(({ id }) => id));
  const fresh = prompts.filter(({ id }) => !stored.has(id));
  if (!dryRun && prompts.length > 0) {
    await storePrompts(db, prompts);
    const detail = { added: fresh.length, split, unseenShare, developmentShare };
    await recordAudit(db, { actor: caller, action: 'prompts.import', target: format, detail });
  }
  return {
    added: fresh.length,
    known: prompts.length - fresh.length,
    ...rest,
    withEdits: prompts.filter(({ edits }) => edits !== undefined).length,
    examples: fresh.slice(0, EXAMPLES).map(({ text, category, split: own }) => ({ text, category, split: own })),
  };
};

const removePrompt: Handler<'removePrompt'> = async ({ studio, caller, params: { id }, body: { force } }) => {
  const { project } = studio;
  const prompt = (await listStored(project.db)).find((stored) => stored.id === id);
  if (!prompt) throw notFound(`prompt ${id}`);
  const removed = await removing(studio, () => removeChosenPrompts(project, { texts: [id] }, force));
  const detail = { text: prompt.text, ...removed };
  await recordAudit(project.db, { actor: caller, action: 'prompt.remove', target: id, detail });
  return removed;
};

export const promptEndpoints = {
  listPrompts,
  getPromptSettings,
  previewPrompts,
  putPromptSettings,
  importPrompts,
  removePrompt,
} satisfies Partial<Endpoints>;
