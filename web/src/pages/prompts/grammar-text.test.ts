import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GrammarInput, readGrammar, writeGrammar } from '../../../../src/project/prompts/grammar-input.ts';
import { fromDraft, toDraft, type WrittenGrammar } from './grammar-text.ts';

const own: WrittenGrammar = {
  subjects: ['box', { knife: 'knives' }],
  counts: ['a', 'two'],
  colors: ['red', 'blue'],
  backgrounds: ['on a table', 'in a garden'],
  slots: { material: ['wooden', 'iron'], relation: { under: 'under a chair', behind: 'behind a chair' } },
  templates: { material: '{a} {material} {subject}', relation: '{count} {subject} {relation}' },
  heldOut: { subjects: ['box'], pairings: ['material'], singles: [], share: 0.1 },
};

test('a grammar goes through the texts of the form and comes back the same', () => {
  assert.deepEqual(fromDraft(toDraft(own)), own);
  for (const name of ['embedded', 'paper'] as const) {
    const written = writeGrammar(name) as WrittenGrammar;
    assert.deepEqual(readGrammar(fromDraft(toDraft(written)) as GrammarInput).subjects, readGrammar(name).subjects);
  }
});

test('numbers and names of held-out subjects are told apart, and empty lines are nothing', () => {
  const draft = toDraft(own);
  assert.equal(fromDraft({ ...draft, heldOutSubjects: '3' }).heldOut?.subjects, 3);
  assert.equal(fromDraft({ ...draft, heldOutSubjects: '' }).heldOut?.subjects, 0);
  assert.deepEqual(fromDraft({ ...draft, heldOutSubjects: 'box, knife' }).heldOut?.subjects, ['box', 'knife']);
  assert.deepEqual(fromDraft({ ...draft, colors: '\n red \n\nblue\n' }).colors, ['red', 'blue']);
  assert.equal(fromDraft({ ...draft, templates: '' }).templates, undefined);
});
