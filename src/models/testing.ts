// For tests: files whose headers are a full-size model's and whose data are a hole in the disk.

import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { readJsonObject } from './config.ts';
import type { Design, RawConfigs } from './families/model.ts';
import { STABLE_DIFFUSION } from './families/stable-diffusion.ts';

/** The published configs of a model in test/fixtures/published, and what they say. */
export function publishedModel(name: 'sd15' | 'sd21'): { raw: RawConfigs; design: Design } {
  const folder = `test/fixtures/published/${name}`;
  const read = (part: string) => readJsonObject(`${folder}/${part}/config.json`);
  const raw = {
    unet: read('unet'),
    vae: read('vae'),
    text_encoder: read('text_encoder'),
    scheduler: readJsonObject(`${folder}/scheduler/scheduler_config.json`),
  };
  return { raw, design: STABLE_DIFFUSION.design(raw, {}, folder) };
}

/** A safetensors file of float16 zeros that take no room. */
export function writeSparse(
  path: string,
  shapes: ReadonlyMap<string, readonly number[]>,
  metadata: Record<string, string> = {},
): void {
  let position = 0;
  const header: Record<string, unknown> = { __metadata__: metadata };
  for (const [name, shape] of shapes) {
    const end = position + 2 * shape.reduce((product, size) => product * size, 1);
    header[name] = { dtype: 'F16', shape, data_offsets: [position, end] };
    position = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const file = openSync(path, 'w');
  writeSync(file, length);
  writeSync(file, json);
  ftruncateSync(file, 8 + json.length + position);
  closeSync(file);
}
