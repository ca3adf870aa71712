// For tests: files whose headers are a full-size model's and whose data are a hole in the disk.

import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { parseClipTextConfig } from './clip/config.ts';
import { readJsonObject } from './config.ts';
import type { ComponentConfigs } from './declare.ts';
import { parseUnetConfig } from './unet/config.ts';
import { parseVaeConfig } from './vae/config.ts';

/** The published configs of a model in test/fixtures/published. */
export function publishedConfigs(name: 'sd15' | 'sd21'): ComponentConfigs {
  const read = (part: string) => readJsonObject(`test/fixtures/published/${name}/${part}/config.json`);
  return {
    unet: parseUnetConfig(read('unet')),
    vae: parseVaeConfig(read('vae')),
    text: parseClipTextConfig(read('text_encoder')),
  };
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
