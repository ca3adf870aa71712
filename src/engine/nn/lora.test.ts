import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../util/random.ts';
import { input } from '../graph/tensor.ts';
import { compile } from '../runtime/program.ts';
import { addLoraLayer } from '../weights/lora.ts';
import { conv2d, linear } from './layers.ts';
import { withLora } from './lora.ts';
import { constantParams, declareParams, initParams, type Params, unpackParams } from './params.ts';

const layers = new Map([
  ['conv', { rank: 2, alpha: 6 }],
  ['out', { rank: 3, alpha: 1 }],
]);

function network(p: Params) {
  const x = conv2d(p.in('conv'), input('x', [1, 3, 4, 4]), 5, 3, { padding: 1 });
  return linear(p.in('out'), x, 7);
}

test('withLora computes what merged weights compute, and starts as the base', async () => {
  const specs = declareParams(network);
  const base = initParams(specs, (name) => random(1, name));
  const declareLora = () => declareParams((lora) => network(withLora(constantParams(specs, base), lora, layers)));
  const loraSpecs = declareLora();
  assert.deepEqual(
    loraSpecs.map(({ name, shape }) => [name, ...shape]),
    [
      ['conv.lora_A.weight', 2, 3, 3, 3],
      ['conv.lora_B.weight', 5, 2],
      ['out.lora_A.weight', 3, 4],
      ['out.lora_B.weight', 7, 3],
    ],
  );
  const fresh = initParams(loraSpecs, (name) => random(2, name));
  const trained = random(3).normals(fresh.length);
  const merged = unpackParams(specs, base.slice());
  const matrices = unpackParams(loraSpecs, trained);
  for (const [module, { alpha }] of layers) {
    const down = matrices.get(`${module}.lora_A.weight`)!;
    const layer = { down, up: matrices.get(`${module}.lora_B.weight`)!, alpha };
    merged.set(`${module}.weight`, addLoraLayer(module, merged.get(`${module}.weight`)!, layer, 0.5));
  }
  const flat = Float32Array.from(specs.flatMap(({ name }) => [...merged.get(name)!.data]));
  const adapted = (lora: Float32Array, scale: number) =>
    network(withLora(constantParams(specs, base), constantParams(loraSpecs, lora), layers, scale));
  const program = await compile({
    base: network(constantParams(specs, base)),
    fresh: adapted(fresh, 1),
    adapted: adapted(trained, 0.5),
    merged: network(constantParams(specs, flat)),
  });
  const result = await program.run({ x: random(4).normals(48) });
  assert.deepEqual(result.fresh!.data, result.base!.data);
  result.adapted!.data.forEach((value, i) => {
    assert.ok(Math.abs(Number(value) - Number(result.merged!.data[i])) < 1e-4, `${i}`);
  });
  assert.notDeepEqual(result.adapted!.data, result.base!.data);
  await program.dispose();
});
