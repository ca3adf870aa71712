import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadTokenizer } from './files.ts';
import { buildTinyTokenizer } from './tiny.ts';

const root = mkdtempSync(join(tmpdir(), 'collimate-tokenizer-'));
after(() => rmSync(root, { recursive: true }));

const words = ['two', 'green', 'dog', 'dogs', 'in', 'a', 'city', 'do', 'og', 'café', 'ant', 'giant', 'banana'];

function saved(files: Record<string, string>, changes: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(root, 'files-'));
  for (const [name, text] of Object.entries({ ...files, ...changes })) writeFileSync(join(folder, name), text);
  return folder;
}

const clip = process.env.COLLIMATE_CLIP_TOKENIZER;
const skip = clip === undefined ? 'COLLIMATE_CLIP_TOKENIZER names no folder' : false;

test("the ids of CLIP's own tokenizer", { skip }, () => {
  const tokenizer = loadTokenizer(clip!);
  const golden = JSON.parse(readFileSync(join(clip!, 'golden.json'), 'utf8')) as { text: string; ids: number[] }[];
  assert.ok(golden.length > 0);
  for (const { text, ids } of golden) assert.deepEqual(tokenizer.encode(text), ids, text);
  assert.deepEqual([tokenizer.vocabSize, tokenizer.maxLength, tokenizer.padId], [49408, 77, 49407]);
});

test('buildTinyTokenizer makes each word one token, whatever words came before it', () => {
  const { files, vocabSize } = buildTinyTokenizer(words, 16);
  const tokenizer = loadTokenizer(saved(files));
  const vocab = JSON.parse(files['vocab.json']!) as Record<string, number>;
  assert.equal(tokenizer.vocabSize, vocabSize);
  for (const word of words) {
    const id = word === 'café' ? vocab['cafÃ©</w>'] : vocab[`${word}</w>`];
    assert.deepEqual(tokenizer.encode(word).slice(0, 3), [vocabSize - 2, id, vocabSize - 1], word);
  }
});

test('encode lower-cases, pads with the end token, and falls back to characters', () => {
  const { files, vocabSize } = buildTinyTokenizer(words, 16);
  const tokenizer = loadTokenizer(saved(files));
  const end = vocabSize - 1;
  const vocab = JSON.parse(files['vocab.json']!) as Record<string, number>;
  const ids = ['two', 'green', 'dogs'].map((word) => vocab[`${word}</w>`]);
  assert.deepEqual(tokenizer.encode(' Two\n GREEN  dogs'), [end - 1, ...ids, end, ...new Array(11).fill(end)]);
  assert.deepEqual(tokenizer.encode('zq').slice(1, 4), [vocab.z, vocab['q</w>'], end]);
  assert.deepEqual(tokenizer.encode('12').slice(1, 4), [vocab['1</w>'], vocab['2</w>'], end]);
  assert.deepEqual([vocab['!'], vocab['!</w>'], vocab.Ā, end], [0, 256, 188, Object.keys(vocab).length - 1]);
});

test('encode cuts long texts and keeps the end token; measure tells how long they were', () => {
  const { files } = buildTinyTokenizer(words, 6);
  const tokenizer = loadTokenizer(saved(files));
  const long = tokenizer.encode('two green dogs in a city');
  assert.deepEqual([long.length, long[0], long.at(-1)], [6, tokenizer.startId, tokenizer.endId]);
  assert.deepEqual(long.slice(0, 5), tokenizer.encode('two green dogs in').slice(0, 5));
  assert.deepEqual([tokenizer.measure('two green dogs in a city'), tokenizer.measure('')], [8, 2]);
});

test('encodeBatch lays out the rows one after the other', () => {
  const tokenizer = loadTokenizer(saved(buildTinyTokenizer(words, 5).files));
  const { ids, shape } = tokenizer.encodeBatch(['two dogs', '']);
  assert.deepEqual(shape, [2, 5]);
  assert.deepEqual([...ids], [...tokenizer.encode('two dogs'), ...tokenizer.encode('')]);
});

test('a pad token of its own fills the row, and is not split where a text has it', () => {
  const { files } = buildTinyTokenizer(words, 6);
  const map = { ...JSON.parse(files['special_tokens_map.json']!), pad_token: { content: '!', lstrip: false } };
  const tokenizer = loadTokenizer(saved(files, { 'special_tokens_map.json': JSON.stringify(map) }));
  assert.deepEqual(tokenizer.encode('a').slice(2), [tokenizer.endId, 0, 0, 0]);
  assert.equal(tokenizer.encode('a!')[2], 0);
});

test('a tokenizer that does not hold is refused, naming the file', () => {
  const { files } = buildTinyTokenizer(words, 6);
  const refused = (changes: Record<string, string>, message: RegExp) =>
    assert.throws(() => loadTokenizer(saved(files, changes)), { code: 'MODEL_CONFIG', message });
  refused({ 'vocab.json': '{"a": 0' }, /vocab\.json: expected JSON/);
  refused({ 'vocab.json': '{"a": -1}' }, /vocab\.json: a: /);
  refused({ 'vocab.json': '{"a": 1}' }, /expected the special token "<\|startoftext\|>"/);
  refused({ 'merges.txt': '#version: 0.2\na b c\n' }, /merges\.txt: expected two tokens a line, got "a b c"/);
  refused({ 'tokenizer_config.json': '{"model_max_length": 2}' }, /model_max_length: expected a whole number from 3/);
  assert.throws(() => loadTokenizer(join(root, 'none')), /vocab\.json: there is no such file/);
});

test('buildTinyTokenizer refuses what is not one word', () => {
  for (const word of ['two dogs', "it's", 'Dog', '3', ''])
    assert.throws(() => buildTinyTokenizer([word]), { code: 'CONFIG' });
});

const current = fileURLToPath(new URL('../../../test/fixtures/current', import.meta.url));

test('ids are those of transformers 5, with added tokens and from tokenizer.json alone', () => {
  const golden = JSON.parse(readFileSync(`${current}/tokenizer-golden.json`, 'utf8')) as Record<string, unknown>;
  for (const folder of ['added-tokens', 'pipeline/tokenizer']) {
    const tokenizer = loadTokenizer(`${current}/${folder}`);
    const ids = (golden.texts as string[]).map((text) => tokenizer.encode(text));
    assert.deepEqual(ids, golden[folder], folder);
  }
  assert.equal(loadTokenizer(`${current}/added-tokens`).vocabSize, 595);
});

test('added tokens that contradict each other, or are of a kind that is not built, are refused by file', () => {
  const files = Object.fromEntries(
    readdirSync(`${current}/added-tokens`).map((name) => [
      name,
      readFileSync(`${current}/added-tokens/${name}`, 'utf8'),
    ]),
  );
  const refused = (changed: Record<string, string>, message: RegExp) =>
    assert.throws(() => loadTokenizer({ ...files, ...changed }), { code: 'MODEL_CONFIG', message });
  refused(
    { 'added_tokens.json': '{"<cat-toy>": 7}' },
    /added_tokens\.json: .*"<cat-toy>" to be 594 as elsewhere, got 7/,
  );
  refused({ 'added_tokens.json': '{"<dog>": 320}' }, /an id of its own for "<dog>", got 320, which is "a<\/w>"/);
  const config = JSON.parse(files['tokenizer_config.json']!) as { added_tokens_decoder: Record<string, object> };
  config.added_tokens_decoder['594'] = { ...config.added_tokens_decoder['594'], single_word: true };
  refused({ 'tokenizer_config.json': JSON.stringify(config) }, /"<cat-toy>": single_word is not built here/);
  refused({ 'tokenizer_config.json': '{"split_special_tokens": true}' }, /split_special_tokens: is not built here/);
  const { 'added_tokens.json': _json, ...older } = files;
  assert.equal(
    loadTokenizer({ ...older, 'tokenizer_config.json': `\uFEFF${files['tokenizer_config.json']}` }).added.length,
    1,
  );
});

test('tokenizer.json of another kind of tokenizer is refused with what differs', () => {
  const whole = readFileSync(`${current}/pipeline/tokenizer/tokenizer.json`, 'utf8');
  const refused = (from: string, to: string, message: RegExp) =>
    assert.throws(() => loadTokenizer({ 'tokenizer.json': whole.replace(from, to) }), {
      code: 'MODEL_CONFIG',
      message,
    });
  refused('"BPE"', '"Unigram"', /tokenizer\.json: expected model\.type BPE, got "Unigram"/);
  refused('"</w>"', '""', /end_of_word_suffix <\/w>, got ""/);
  refused('"NFC"', '"NFKC"', /normalizers NFC, Replace, Lowercase, got \["NFKC"/);
  refused("'ll|'d", "'ll", /CLIP's pattern of pieces/);
  assert.throws(() => loadTokenizer({}), { message: /vocab\.json: there is no such file, and no tokenizer\.json/ });
});
