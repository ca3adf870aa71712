// The shape of `prompts.grammar` and `prompts.words` in collimate.yaml. What the words must be to one another is checked by the
// grammar itself, so that an editor's schema stays simple.

import { z } from 'zod';
import { CollimateError } from '../../util/errors.ts';
import { GRAMMAR_NAMES, type GrammarInput, readGrammar } from '../prompts/grammar-input.ts';

const word = z.string().min(1).max(100);
const words = z.union([z.array(word).max(1000), z.record(word, word)]);
const slotName = z.string().min(1).max(50);

const grammarWords = z.strictObject({
  subjects: z
    .array(z.union([word, z.record(word, word)]))
    .max(1000)
    .describe('What prompts are about: teapot, or with an irregular plural shelf: shelves.'),
  counts: z.array(word).max(20).optional().describe('Words for one, two, …; default a, two, three, four.'),
  colors: z.array(word).max(1000).optional().describe('Words for the slot {color}.'),
  backgrounds: words.optional().describe('Phrases for the slot {background}, as a list or by name: city: in a city.'),
  slots: z.record(slotName, words).optional().describe('Further slots, such as material, size or relation.'),
  templates: z
    .record(slotName, z.string().min(1).max(500))
    .optional()
    .describe('By category, such as color: "{a} {color} {subject}"; {a} is a count that is one.'),
  heldOut: z
    .strictObject({
      subjects: z
        .union([z.int().min(0).max(1000), z.array(word).max(1000)])
        .optional()
        .describe('Subjects that only unseen prompts name: by name, or how many are drawn by the seed.'),
      pairings: z.array(slotName).max(50).optional().describe('Slots of which each subject never has one value.'),
      singles: z
        .array(slotName)
        .max(50)
        .optional()
        .describe('Slots of which each subject has one value held out where nothing else varies.'),
      share: z.number().min(0).max(1).optional().describe('Share of all other prompts that is held out.'),
    })
    .optional()
    .describe('Which prompts are unseen: kept from every stage before evaluation.'),
});

/** A name, or words that make prompts which can be told apart. */
export const grammarSetting = z.union([
  z.enum(GRAMMAR_NAMES),
  grammarWords.superRefine((input, context) => {
    try {
      readGrammar(input as GrammarInput);
    } catch (error) {
      if (!(error instanceof CollimateError)) throw error;
      context.addIssue({ code: 'custom', message: error.message.replace(/^prompt grammar: /, '') });
    }
  }),
]);

/** Lists of words that may stand for one another, by name. */
export const wordLists = z.record(slotName, z.array(word).max(1000));
