// The maker of sessions that goes through onnxruntime-node.

import { createRequire } from 'node:module';
import type { Maker } from '../runtime.ts';
import { createNodeSession } from './session.ts';

export function nodeMaker(): Maker {
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  return { name: 'node', version, createSession: createNodeSession };
}
