import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readLoraOrigin } from './lora-origin.ts';
import { writeSafetensors } from './write-safetensors.ts';

test('what kohya and others write about a LoRA is told, and what is not read is counted', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'collimate-origin-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'x.safetensors');
  const write = (metadata: Record<string, string>) => {
    const one = { dtype: 'float32' as const, shape: [1], data: Float32Array.of(1) };
    writeSafetensors(path, new Map([['a', one]]), { metadata });
    return readLoraOrigin(path);
  };
  assert.equal(write({ format: 'pt' }), undefined);
  const tags = { '10_fox': { fox: 12, ' oil': 3 }, '2_more': { oil: 20 } };
  assert.deepEqual(
    write({
      format: 'pt',
      ss_sd_model_name: 'v1-5-pruned',
      ss_base_model_version: 'sd_v1',
      ss_sd_model_hash: 'None',
      ss_network_dim: '16',
      ss_network_alpha: '8',
      'modelspec.trigger_phrase': 'oilfox',
      ss_tag_frequency: JSON.stringify(tags),
      ss_epoch: '10',
      ss_steps: '1200',
      ss_max_train_steps: '1500',
      ss_learning_rate: '0.0001',
      'modelspec.title': 'x',
      'modelspec.resolution': '512x512',
      'modelspec.license': 'L'.repeat(2000),
    }),
    {
      told: [
        'called "x"',
        'made for v1-5-pruned',
        'trained at rank 16, alpha 8',
        'learned for 1200 steps at the rate 0.0001',
        'for pictures of 512x512',
        `under ${'L'.repeat(94)}…`,
        'called up by "oilfox"',
        'learned most from captions with oil, fox',
      ],
      unread: 2,
    },
  );
  assert.deepEqual(
    write({ 'modelspec.title': 'a\nb\u001b[31m', ss_steps: 'many', ss_tag_frequency: '{"a":null}' })!.told,
    ['called "a b[31m"'],
  );
  assert.deepEqual(write({ ss_base_model_version: 'sd_v2', ss_tag_frequency: '{' })!.told, ['made for sd_v2']);
});
