import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { describeIssues } from './issue-words.ts';

const cases: [schema: z.ZodType, value: unknown, words: string][] = [
  [z.object({ name: z.string() }), {}, 'name: expected a text, got nothing'],
  [z.object({ name: z.string() }), null, 'expected an object, got nothing'],
  [z.array(z.number()), [1, '2'], '1: expected a number, got a text'],
  [z.int(), 1.5, 'expected a whole number, got a number'],
  [z.number(), Number.NaN, 'expected a number, got no number'],
  [z.enum(['good', 'bad']), 'fine', 'expected one of good, bad'],
  [z.literal('yolo'), 'detr', 'expected yolo'],
  [z.string().min(1), '', 'expected at least 1 character'],
  [z.array(z.int()).max(2), [1, 2, 3], 'expected at most 2 items'],
  [z.array(z.int()).length(2), [1], 'expected exactly 2 items'],
  [z.number().max(5), 6, 'expected a number of at most 5'],
  [z.number().positive(), 0, 'expected a number of more than 0'],
  [z.strictObject({}), { dept: 1 }, 'there is no field dept'],
  [z.union([z.string(), z.boolean()]), 3, 'expected another kind of value'],
  [z.email(), 'x', 'expected another form: email address'],
  [z.string('the name of the model'), 3, 'the name of the model'],
];

test('what a schema refuses is said without types and signs', () => {
  for (const [schema, value, words] of cases) {
    const result = schema.safeParse(value);
    assert.equal(result.success, false);
    assert.equal(describeIssues(result.error!.issues), words);
  }
});

test('no sentence of zod stays: each kind of check is put into words', () => {
  const schemas = [z.string(), z.date(), z.bigint(), z.map(z.string(), z.string()), z.string().regex(/x/), z.uuid()];
  for (const schema of schemas) {
    const { issues } = schema.safeParse(schema instanceof z.ZodString ? 'y' : 5).error ?? { issues: [] };
    assert.doesNotMatch(describeIssues(issues), /Invalid|received|Too (big|small)/);
  }
});
