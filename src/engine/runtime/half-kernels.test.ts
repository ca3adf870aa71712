import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import * as ort from 'onnxruntime-node';
import type { Tensor } from '../graph/tensor.ts';
import { ModelProtoSchema } from '../onnx/generated/onnx_pb.ts';
import { toBytes } from '../onnx/model.ts';
import { CPU_HALF_KERNELS, HALF_OPS, probeOf } from './half-kernels.ts';
import { compile } from './program.ts';

const sorted = (ops: Iterable<string>) => [...ops].filter((op) => op !== 'checkpoint' && op !== 'stopGradient').sort();

test('the CPU provider moves float16 and computes with none: it puts casts around the rest itself', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'collimate-half-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const optimized = join(dir, 'optimized.onnx');
  const isNative = async (y: Tensor) => {
    const options = {
      graphOptimizationLevel: 'disabled',
      optimizedModelFilePath: optimized,
      logSeverityLevel: 4,
    } as const;
    await (await ort.InferenceSession.create(toBytes({ y }), options)).release();
    return fromBinary(ModelProtoSchema, readFileSync(optimized)).graph!.node.every(({ opType }) => opType !== 'Cast');
  };
  const native = [];
  for (const op of HALF_OPS) if (await isNative(probeOf(op, 'float16')!)) native.push(op);
  assert.deepEqual(sorted(native), sorted(CPU_HALF_KERNELS.float16));
});

test('of bfloat16 it has fewer: the others it refuses', async () => {
  const native = [];
  for (const op of HALF_OPS) {
    const program = await compile({ y: probeOf(op, 'bfloat16')! }, { runtime: 'native' }).catch(() => undefined);
    if (program) native.push(op);
    await program?.dispose();
  }
  assert.deepEqual(sorted(native), sorted(CPU_HALF_KERNELS.bfloat16));
});
