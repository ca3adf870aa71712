import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { CollimateError, type ErrorCode } from '../../util/errors.ts';
import { makeTemporaryDir } from '../testing.ts';
import { findUnknownVariables } from './config-env.ts';
import { readConfigFile } from './config-file.ts';
import { createConfigJsonSchema, listConfigKeys } from './config-keys.ts';
import { loadConfig, renderConfigFile } from './config-load.ts';
import { changeConfigFile } from './config-write.ts';
import { hidePasswords } from './database-url.ts';
import { parseBucketAddress } from './objects-address.ts';

const file = (patch: unknown) => ({ file: { patch, path: 'collimate.yaml' } });

const failsWith = (code: ErrorCode, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof CollimateError);
  assert.equal(error.code, code);
  assert.match(error.message, message);
  return true;
};

test('a flag wins over the environment, the environment over the file, the file over the default', () => {
  const inputs = {
    ...file({ seed: 1, tune: { beta: 1, learningRate: 1e-5 }, generate: null }),
    env: {
      COLLIMATE_SEED: '2',
      COLLIMATE_TUNE_LEARNING_RATE: '2e-5',
      COLLIMATE_TUNE_GRADIENT_CHECKPOINTING: 'true',
      COLLIMATE_DEVICE: '',
    },
    flags: [{ path: 'tune.learningRate', flag: '--learning-rate', text: '3e-5' }],
  };
  const { config, sources } = loadConfig(inputs);
  assert.equal(config.tune.learningRate, 3e-5);
  assert.equal(config.seed, 2);
  assert.equal(config.tune.beta, 1);
  assert.equal(config.tune.gradientCheckpointing, true);
  assert.equal(config.device, 'cpu');
  const shown = ['tune.learningRate', 'seed', 'tune.beta', 'device'].map((path) => sources[path]);
  assert.deepEqual(shown, ['--learning-rate', 'COLLIMATE_SEED', 'collimate.yaml', 'default']);
});

test('a value out of range names its key, its source, itself and what is allowed', () => {
  assert.throws(
    () => loadConfig(file({ generate: { steps: 0 } })),
    failsWith('CONFIG', /^generate\.steps \(from collimate\.yaml\): expected a whole number from 1 to 1000, got 0$/),
  );
  assert.throws(
    () => loadConfig(file({ tune: { emaDecay: 1 } })),
    failsWith('CONFIG', /expected a number at least 0 and below 1, got 1/),
  );
  assert.throws(
    () => loadConfig(file({ device: 'gpu' })),
    failsWith('CONFIG', /expected one of auto, cpu, webgpu, cuda, coreml, dml, got "gpu"/),
  );
  assert.throws(
    () => loadConfig({ env: { COLLIMATE_SEED: 'seven' } }),
    failsWith('CONFIG', /seed \(from COLLIMATE_SEED\): expected a whole number .* got "seven"/),
  );
  assert.throws(
    () => loadConfig(file({ label: { errorRate: [0.4, 0.1] } })),
    failsWith('CONFIG', /must not be above the second\), got \[0\.4,0\.1\]/),
  );
  assert.throws(
    () => loadConfig(file({ label: { raters: 2, ratersPerImage: 3 } })),
    failsWith('CONFIG', /at most label\.raters \(2\), got 3/),
  );
  const flags = [{ path: 'label.errorRate', flag: '--error-rate', text: '0.1,0.9' }];
  assert.throws(
    () => loadConfig({ flags }),
    failsWith(
      'USAGE',
      /label\.errorRate \(from --error-rate\): expected two numbers, each from 0 to 0\.5, got \[0\.1,0\.9\]/,
    ),
  );
});

test('an unknown key is refused with the nearest known one', () => {
  assert.throws(() => loadConfig(file({ 'tune.beta': 1 })), {
    message: /there is no key "tune\.beta" in one word/,
    hint: 'Write tune: on a line, and below it, indented, beta:.',
  });
  assert.throws(
    () => loadConfig(file({ tune: { lerningRate: 1 } })),
    failsWith('CONFIG', /there is no key tune\.lerningRate\. Did you mean tune\.learningRate\?/),
  );
  assert.throws(
    () => loadConfig(file({ beta: 1 })),
    failsWith('CONFIG', /there is no key beta\. Did you mean tune\.beta\?/),
  );
  assert.throws(() => loadConfig(file({ tun: {} })), failsWith('CONFIG', /there is no key tun\./));
  assert.throws(() => loadConfig(file([1])), failsWith('CONFIG', /expected keys and values/));
  assert.throws(() => loadConfig(file({ tune: 5 })), failsWith('CONFIG', /tune/));
});

test('readConfigFile names the line that is no YAML', (t) => {
  const path = join(makeTemporaryDir(t), 'collimate.yaml');
  writeFileSync(path, 'seed: 1\ntune: {beta: 2\n');
  assert.throws(() => readConfigFile(path), failsWith('CONFIG', /line 3/));
  writeFileSync(path, '');
  assert.deepEqual(readConfigFile(path), {});
});

test('a file in another encoding, and texts that cannot be stored, are refused', (t) => {
  const path = join(makeTemporaryDir(t), 'collimate.yaml');
  const refuses = (text: string | Uint8Array, message: RegExp) => {
    writeFileSync(path, text);
    assert.throws(() => readConfigFile(path), failsWith('CONFIG', message));
  };
  refuses(Buffer.from('seed: 1\nmodel: café\n', 'latin1'), /collimate\.yaml: the file is no UTF-8 text \(line 2\)/);
  refuses('model: "a\\0b"\n', /the text .* has the control character U\+0000/);
  refuses('generate:\n  negativePrompt: "\\ud83d"\n', /half a letter/);
  for (const encoding of ['utf8', 'utf16le'] as const) {
    writeFileSync(path, Buffer.from('\uFEFFmodel: café\n', encoding));
    assert.deepEqual(readConfigFile(path), { model: 'café' });
  }
  assert.throws(() => loadConfig(file({ tune: { beta: Number.NaN } })), failsWith('CONFIG', /got NaN$/));
});

test('an alias that has no end, or stands for too much, is told with its line', (t) => {
  const path = join(makeTemporaryDir(t), 'collimate.yaml');
  const refuses = (text: string, message: RegExp) => {
    writeFileSync(path, text);
    assert.throws(() => readConfigFile(path), failsWith('CONFIG', message));
    assert.throws(() => changeConfigFile(dirname(path), { threads: 1 }), failsWith('CONFIG', message));
  };
  refuses('seed: 1\ntune: &x\n  beta: *x\n', /collimate\.yaml: the alias \*x at line 3 stands within what it names/);
  refuses('seed: *later\n', /the alias \*later at line 1 names no anchor before it/);
  const bomb = Array.from({ length: 9 }, (_, i) => `k${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`)}]`);
  refuses(['k0: &a0 [x]', ...bomb].join('\n'), /the alias \*a0 at line 2 and those after it stand for too much/);
  writeFileSync(path, 'tune: &t\n  beta: &b 0.5\nreward:\n  lambda: *b\n');
  assert.deepEqual(readConfigFile(path), { tune: { beta: 0.5 }, reward: { lambda: 0.5 } });
});

test('a key may be set by its path or by its flag, in the environment too; what means nothing is named', () => {
  const read = (env: Record<string, string>) => loadConfig({ env });
  assert.equal(read({ COLLIMATE_TUNE_MIN_SNR_GAMMA: '5' }).config.tune.minSnrGamma, 5);
  const byFlag = read({ COLLIMATE_TUNE_SNR_GAMMA: '4', COLLIMATE_GENERATE_NUM_INFERENCE_STEPS: '8' });
  assert.deepEqual([byFlag.config.tune.minSnrGamma, byFlag.config.generate.steps], [4, 8]);
  assert.equal(byFlag.sources['tune.minSnrGamma'], 'COLLIMATE_TUNE_SNR_GAMMA');
  const both = { COLLIMATE_TUNE_MIN_SNR_GAMMA: '5', COLLIMATE_TUNE_SNR_GAMMA: '4' };
  assert.throws(() => read(both), failsWith('CONFIG', /COLLIMATE_TUNE_MIN_SNR_GAMMA is "5" and .*SNR_GAMMA is "4"/));
  const env = { COLLIMATE_TUNE_BTA: '1', collimate_seed: '2', COLLIMATE_SEED: '3', COLLIMATE_TEST_X: '', OTHER: '4' };
  assert.deepEqual(findUnknownVariables(env), [
    { name: 'COLLIMATE_TUNE_BTA', nearest: 'COLLIMATE_TUNE_BETA' },
    { name: 'collimate_seed', nearest: 'COLLIMATE_SEED' },
  ]);
  assert.throws(
    () => loadConfig(file({ generate: { numInferenceSteps: 8 } })),
    failsWith('CONFIG', /generate\.numInferenceSteps\. Did you mean generate\.steps\?/),
  );
});

test('a key by the name of an earlier release is read, with a note, wherever it was given', () => {
  const { config, sources, notes } = loadConfig({
    ...file({ tune: { bestOf: 4, dpoBeta: 300, ddpo: null } }),
    env: { COLLIMATE_TUNE_POLICY_STEPS: '5' },
    flags: [{ path: 'tune.ddpo.klWeight', flag: '--kl-weight', text: '2', former: '--ddpo-kl-weight' }],
  });
  const { sft, dpo, ddpo } = config.tune;
  assert.deepEqual([sft.bestOf, dpo.beta, ddpo.steps, ddpo.klWeight], [4, 300, 5, 2]);
  assert.equal(sources['tune.sft.bestOf'], 'collimate.yaml');
  assert.deepEqual(notes.toSorted(), [
    'collimate.yaml: tune.bestOf is now called tune.sft.bestOf; it is read as that',
    'collimate.yaml: tune.dpoBeta is now called tune.dpo.beta; it is read as that',
    'command: --kl-weight is now called --ddpo-kl-weight; it is read as that',
    'environment: COLLIMATE_TUNE_POLICY_STEPS is now called COLLIMATE_TUNE_DDPO_STEPS; it is read as that',
  ]);
  assert.deepEqual(findUnknownVariables({ COLLIMATE_TUNE_POLICY_STEPS: '5' }), []);
  assert.throws(
    () => loadConfig(file({ tune: { bestOf: 4, sft: { bestOf: 5 } } })),
    failsWith('CONFIG', /tune\.sft\.bestOf is 5, and tune\.bestOf, its older name, is 4/),
  );
  assert.throws(
    () => loadConfig(file({ tune: { sft: { bestOff: 5 } } })),
    failsWith('CONFIG', /no key tune\.sft\.bestOff\. Did you mean tune\.sft\.bestOf\?/),
  );
  assert.throws(
    () => loadConfig(file({ tune: { bestOf: 0 } })),
    failsWith('CONFIG', /tune\.sft\.bestOf \(from collimate\.yaml\): expected a whole number from 1 to 10000, got 0/),
  );
});

test('a key of a part of a section is set in the file, in place of its older name', (t) => {
  const dir = makeTemporaryDir(t);
  const path = join(dir, 'collimate.yaml');
  writeFileSync(path, 'tune:\n  # of old\n  dpoBeta: 300\n  beta: 1\n');
  changeConfigFile(dir, { 'tune.dpo.beta': 400, 'tune.sft.bestOf': 3 });
  assert.deepEqual(readConfigFile(path), { tune: { beta: 1, dpo: { beta: 400 }, sft: { bestOf: 3 } } });
  writeFileSync(path, renderConfigFile({ tune: { dpo: { beta: 5 } } }));
  changeConfigFile(dir, { 'tune.sft.bestOf': 3 });
  const { tune } = loadConfig({ file: { patch: readConfigFile(path), path } }).config;
  assert.deepEqual([tune.dpo.beta, tune.sft.bestOf, tune.ddpo.steps], [5, 3, 20]);
});

test('renderConfigFile sets what it is given and comments the rest', () => {
  const text = renderConfigFile({ seed: 5, tune: { beta: 0.25 }, label: { errorRate: [0, 0.1] } });
  assert.match(text, /^ {2}# learningRate: 0\.0001$/m);
  const { config, sources } = loadConfig(file(parse(text)));
  assert.deepEqual([config.seed, config.tune.beta, config.label.errorRate], [5, 0.25, [0, 0.1]]);
  assert.equal(sources['tune.learningRate'], 'default');
});

test('every key has a sentence, a flag, a range, and an environment name of its own', () => {
  const keys = listConfigKeys();
  const variables = keys.flatMap((key) => key.envs);
  assert.equal(new Set(variables).size, variables.length);
  for (const key of keys) assert.match(key.description, /^[A-Z].*\.$/, key.path);
  for (const { path, allowed } of keys) assert.doesNotMatch(allowed, /undefined/, path);
  const flagOf = (path: string) => keys.find((key) => key.path === path)!.flag;
  const flags = [
    'tune.batchSize',
    'tune.warmupSteps',
    'tune.maxTrainSteps',
    'tune.learningRate',
    'reward.maxSteps',
  ].map(flagOf);
  assert.deepEqual(flags, [
    'train-batch-size',
    'lr-warmup-steps',
    'max-train-steps',
    'learning-rate',
    'max-train-steps',
  ]);
});

test('the published JSON schema is the one of the code', () => {
  const published = readFileSync(new URL('../../../bin/config.schema.json', import.meta.url), 'utf8');
  assert.deepEqual(JSON.parse(published), createConfigJsonSchema(), 'run `npm run schema`');
});

test('an address that is refused is told without its password', () => {
  const env = { COLLIMATE_DATABASE: 'postgress://ann:geheim@db.example.org/x' };
  assert.throws(
    () => loadConfig({ env }),
    (error: Error) => /postgress:\/\/ann:…@db/.test(error.message) && !error.message.includes('geheim'),
  );
});

test('no text tells the password of a database, whatever letters it has', () => {
  for (const password of [
    'geheim',
    'ge heim',
    'ge"heim',
    "ge'heim",
    'ge@heim',
    'ge/heim',
    '12heim',
    '12 heim',
    '12"heim',
    "1 'heim",
  ])
    for (const around of ['run --database=% now', '{"database":"%"}', '%'])
      assert.doesNotMatch(hidePasswords(around.replace('%', `postgres://ann:${password}@h:5432/x`)), /heim/, password);
  const plain = 'postgres://h:5432/x cannot be reached; ask postgres@example.org';
  assert.equal(hidePasswords(plain), plain);
  for (const port of ['postgres://h:5432', 'postgres://h:5432 is away', '"postgres://h:5432", twice'])
    assert.equal(hidePasswords(port), port);
});

test('an address of a bucket with keys is refused, and neither keys nor secrets are told on', () => {
  for (const address of [
    's3://AKIA@bucket',
    's3://AKIA:SE/CRET@bucket',
    's3://AKIA:12/CRET@bucket',
    's3://AKIA:SE?CRE@T@bucket/x',
    's3://bucket?secretKey=SE/CRET',
    's3://bucket?endpoint=https://AKIA:SE/CRET@host:9000',
    's3://bucket?endpoint=http%3A%2F%2FAKIA:SECRET%40host',
    's3://bucket?endpoint=http://host&endpoint=http://AKIA:SECRET@host&region=a',
    's3://bucket:80/x?region=SECRET',
  ])
    for (const refused of [() => loadConfig(file({ objects: address })), () => parseBucketAddress(address, '--to')])
      assert.throws(refused, ({ message, hint }: CollimateError) => {
        assert.doesNotMatch(`${message} ${hint}`, /AKIA:|AKIA@|CRE/);
        return /(^objects|^--to: expected folder or s3).* got "s3:/.test(message);
      });
  assert.throws(
    () => parseBucketAddress('s3://AKIA:SE/CRET@bucket', '--to'),
    failsWith('USAGE', /got "s3:\/\/…@bucket": keys do not belong into it.*AWS_ACCESS_KEY_ID/),
  );
  assert.throws(() => parseBucketAddress('s3://?endpoint=x'), failsWith('CONFIG', /names no bucket/));
  assert.throws(
    () => parseBucketAddress('s3://b/%'),
    failsWith('CONFIG', /got "s3:\/\/b\/%": a % in it begins no letter/),
  );
  for (const endpoint of ['http://%', 'http://h:99999'])
    assert.throws(
      () => parseBucketAddress(`s3://b?endpoint=${endpoint}`),
      failsWith('CONFIG', /no address of a server/),
    );
  const { bucket, prefix, endpoint } = parseBucketAddress('s3://pictures/of@home?endpoint=http://host:9000');
  assert.deepEqual([bucket, prefix, endpoint], ['pictures', 'of@home/', 'http://host:9000']);
});
