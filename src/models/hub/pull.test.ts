import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, test } from 'node:test';
import { random } from '../../util/random.ts';
import { type PullOptions, pullModel } from './pull.ts';
import { findSnapshot, requireHubRepo } from './repo.ts';
import { readHubSettings } from './settings.ts';
import { COMMIT, type HubServer, startHub } from './testing.ts';

const root = mkdtempSync(join(tmpdir(), 'collimate-pull-'));
after(() => rmSync(root, { recursive: true }));

const weights = Buffer.from(random(1, 'weights').normals(50_000).buffer);
const FILES = {
  'model_index.json': '{}',
  'README.md': 'A card.',
  LICENSE: 'MIT',
  'scheduler/scheduler_config.json': '{"beta_start": 0.1}',
  'tokenizer/vocab.json': '{"a": 0}',
  'tokenizer/merges.txt': '#version: 0.2\n',
  'unet/config.json': '{"u": 1}',
  'unet/diffusion_pytorch_model.safetensors': weights,
  'unet/diffusion_pytorch_model.fp16.safetensors': 'half',
  'unet/diffusion_pytorch_model.bin': 'pickle',
  'vae/config.json': '{"v": 1}',
  'vae/diffusion_pytorch_model.safetensors': 'vae weights',
  'text_encoder/config.json': '{"t": 1}',
  'text_encoder/model.safetensors.index.json': '{"weight_map": {}}',
  'text_encoder/model-00001-of-00002.safetensors': 'first',
  'text_encoder/model-00002-of-00002.safetensors': 'second',
  'safety_checker/model.safetensors': 'not needed',
  'v1-5.safetensors': 'in one file',
  'v1-5.ckpt': 'pickle',
};

let hub: HubServer;
let home: string;
let count = 0;
beforeEach(async () => {
  hub = await startHub(FILES);
  home = join(root, `home-${count++}`);
});
afterEach(() => hub.close());

function pull(repo = 'owner/tiny', options: Partial<PullOptions> & { env?: Record<string, string> } = {}) {
  const { env, ...rest } = options;
  return pullModel(requireHubRepo(repo), {
    settings: readHubSettings({ HF_ENDPOINT: `${hub.endpoint}/`, HF_HOME: home, ...env }),
    signal: new AbortController().signal,
    progress: { stage() {}, tick() {}, note() {}, done() {} },
    pause: 1,
    ...rest,
  });
}

const cache = () => join(home, 'hub/models--owner--tiny');
const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

test('only what is needed is fetched, into the cache that Python shares', async () => {
  const summary = await pull();
  assert.equal(summary.path, join(cache(), 'snapshots', COMMIT));
  const left = ['.bin', '.ckpt', 'fp16', 'safety_checker', 'v1-5'];
  const wanted = Object.keys(FILES).filter((path) => !left.some((part) => path.includes(part)));
  assert.deepEqual(filesOf(summary.path), wanted.sort());
  assert.equal(readFileSync(join(cache(), 'refs/main'), 'utf8'), COMMIT);
  const link = join(summary.path, 'unet/diffusion_pytorch_model.safetensors');
  assert.ok(lstatSync(link).isSymbolicLink());
  assert.match(readlinkSync(link), /^\.\.\/\.\.\/\.\.\/blobs\/[0-9a-f]{64}$/);
  assert.deepEqual(readFileSync(link), weights);
  assert.equal(findSnapshot(join(home, 'hub'), requireHubRepo('owner/tiny')), summary.path);
  assert.deepEqual([summary.files, summary.fetched], [wanted.length, summary.size]);
});

test('what is there is not fetched again, also under another revision', async () => {
  await pull();
  hub.requests.length = 0;
  const { fetched } = await pull('owner/tiny@v1');
  assert.equal(fetched, 0);
  assert.ok(hub.requests.every((request) => request.startsWith('GET /api/')));
  assert.deepEqual(filesOf(join(cache(), 'refs')), ['main', 'v1']);
});

test('a CLIP model is its configs, its tokenizer and one form of its weights', async () => {
  hub.files.clear();
  const wanted = ['config.json', 'merges.txt', 'model.safetensors', 'tokenizer_config.json', 'vocab.json'];
  for (const path of [...wanted, 'pytorch_model.bin', 'tf_model.h5', 'tokenizer.json'])
    hub.files.set(path, Buffer.from(path));
  const { path, kind } = await pull();
  assert.deepEqual([filesOf(path), kind], [wanted, 'clip']);
});

test('what transformers 5 saves is fetched: the tokenizer in one file, added tokens, the processor', async () => {
  hub.files.clear();
  const wanted = ['added_tokens.json', 'config.json', 'model.safetensors', 'processor_config.json'];
  wanted.push('tokenizer.json', 'tokenizer_config.json');
  for (const path of wanted) hub.files.set(path, Buffer.from(path));
  assert.deepEqual(filesOf((await pull()).path), wanted);
});

test('a variant, or one file, can be asked for', async () => {
  const { path } = await pull('owner/tiny', { file: 'v1-5.safetensors' });
  assert.equal(readFileSync(path, 'utf8'), 'in one file');
  assert.deepEqual(filesOf(join(path, '..')), ['LICENSE', 'README.md', 'v1-5.safetensors']);
  await assert.rejects(pull('owner/tiny', { variant: 'bf16' }), {
    code: 'HUB',
    message: /owner\/tiny: unet\/ expected the variant bf16, got plain, fp16/,
  });
  for (const part of ['vae', 'text_encoder']) hub.files.set(`${part}/model.fp16.safetensors`, Buffer.from(part));
  const half = await pull('owner/tiny', { variant: 'fp16' });
  assert.ok(existsSync(join(half.path, 'unet/diffusion_pytorch_model.fp16.safetensors')));
  assert.ok(!existsSync(join(half.path, 'unet/diffusion_pytorch_model.safetensors')));
  await assert.rejects(pull('owner/tiny', { file: 'v9.safetensors' }), { code: 'HUB', hint: /It has .*v1-5/ });
});

function keepOneFile(): void {
  hub.files.clear();
  hub.files.set('v1-5.safetensors', weights);
}

test('a cut connection goes on where it broke', async () => {
  keepOneFile();
  hub.cuts = [70_000, 50_000, 0];
  const { path } = await pull('owner/tiny', { file: 'v1-5.safetensors' });
  assert.deepEqual(readFileSync(path), weights);
  const ranges = hub.requests.filter((request) => request.includes('resolve')).map((request) => request.split(' ')[2]);
  assert.equal(ranges[0], undefined);
  const starts = ranges.slice(1).map((range) => Number(/^bytes=(\d+)-$/.exec(range!)![1]));
  assert.ok(starts.length === 3 && starts[0]! > 0 && starts[1]! > starts[0]! && starts[2] === starts[1], `${starts}`);
});

test('a command that was stopped goes on where it was; a server without ranges starts again', async () => {
  keepOneFile();
  hub.cuts = [30_000, 0, 0, 0, 0, 0];
  const file = 'v1-5.safetensors';
  await assert.rejects(pull('owner/tiny', { file }), { code: 'HUB', message: /5 times in a row/, hint: /are kept/ });
  assert.equal(findSnapshot(join(home, 'hub'), requireHubRepo('owner/tiny')), undefined);
  hub.cuts = [];
  hub.ignoreRanges = true;
  const { path } = await pull('owner/tiny', { file });
  assert.deepEqual(readFileSync(path), weights);
  const before = hub.requests.filter((request) => /bytes=[1-9]\d*-/.test(request));
  assert.ok(before.length >= 5);
});

test('a wrong checksum is refused and leaves nothing to go on from', async () => {
  hub.corrupt = true;
  const file = 'v1-5.safetensors';
  await assert.rejects(pull('owner/tiny', { file }), { code: 'HUB', message: /expected the checksum [0-9a-f]+, got/ });
  assert.deepEqual(readdirSync(join(cache(), 'blobs')), []);
  assert.ok(!existsSync(join(cache(), 'refs')));
  hub.corrupt = false;
  await pull('owner/tiny', { file });
});

test('refusals say what to do', async () => {
  hub.token = 'secret';
  await assert.rejects(pull(), { code: 'HUB', message: /does not let you have it \(401\)/, hint: /HF_TOKEN/ });
  await pull('owner/tiny', { env: { HF_TOKEN: 'secret' } });
  hub.token = undefined;
  await assert.rejects(pull('owner/other'), { code: 'HUB', message: /no such model, revision or file \(404\)/ });
  await assert.rejects(pull('owner/tiny@v7'), { code: 'HUB', message: /owner\/tiny@v7: .*404/ });
  hub.statuses = [503, 429];
  hub.files.set('README.md', Buffer.from('new'));
  await pull();
  assert.throws(() => requireHubRepo('a/b/c'), { code: 'USAGE' });
  assert.throws(() => requireHubRepo('../b'), { code: 'USAGE' });
  assert.throws(() => readHubSettings({ HF_ENDPOINT: 'file:///etc' }), { code: 'USAGE' });
});

test('offline, the cache is all there is', async () => {
  const env = { HF_HUB_OFFLINE: '1' };
  await assert.rejects(pull('owner/tiny', { env }), { code: 'HUB', message: /HF_HUB_OFFLINE forbids to ask/ });
  const { path } = await pull();
  hub.requests.length = 0;
  assert.equal((await pull('owner/tiny', { env })).path, path);
  assert.equal((await pull(`owner/tiny@${COMMIT}`, { env })).path, path);
  assert.deepEqual(hub.requests, []);
  await hub.close();
  await assert.rejects(pull(), { code: 'HUB', message: /cannot be asked/, hint: /HF_HUB_OFFLINE/ });
});

test('pickles alone, no model, and paths that would leave the cache are refused', async () => {
  const refused = (message: RegExp, hint?: RegExp) =>
    assert.rejects(pull(), { code: 'HUB', message, ...(hint && { hint }) });
  hub.files.delete('unet/diffusion_pytorch_model.safetensors');
  hub.files.delete('unet/diffusion_pytorch_model.fp16.safetensors');
  await refused(/unet\/ expected safetensors, got diffusion_pytorch_model\.bin, a pickle/, /pull request/);
  hub.files.delete('model_index.json');
  await refused(/expected a model_index\.json or a config\.json/, /--file, such as v1-5\.safetensors/);
  hub.files.set('../../evil.json', Buffer.from('x'));
  await refused(/would leave the cache/);
  assert.ok(!existsSync(home));
});

test('a file that another process fetches is left to it; the lock of a dead one is not', async () => {
  await pull();
  rmSync(join(cache(), 'blobs'), { recursive: true });
  mkdirSync(join(cache(), 'blobs'));
  const blob = readlinkSync(join(cache(), 'snapshots', COMMIT, 'README.md'))
    .split('/')
    .at(-1)!;
  writeFileSync(join(cache(), 'blobs', `${blob}.lock`), `${process.ppid}`);
  await assert.rejects(pull(), { code: 'LOCKED', message: /is fetching this file/ });
  writeFileSync(join(cache(), 'blobs', `${blob}.lock`), '999999999');
  await pull();
});

test('Ctrl+C stops a waiting download and keeps what came', async () => {
  hub.cuts = [0, 0, 0, 0, 0];
  const controller = new AbortController();
  const promise = pull('owner/tiny', { signal: controller.signal, pause: 60_000 });
  while (!hub.requests.some((request) => request.includes('resolve'))) await new Promise((done) => setTimeout(done, 5));
  controller.abort();
  await assert.rejects(promise, { code: 'INTERRUPTED' });
});
