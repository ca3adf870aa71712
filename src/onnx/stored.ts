// Constants that stay in files. ONNX names such a file by a path relative to a folder; the root of the file system is that
// folder here, so that weights may lie anywhere.

import { parse, relative, resolve, sep } from 'node:path';
import { topologicalOrder } from '../graph/tensor.ts';
import type { Outputs } from './model.ts';

/** How ONNX names the file of a stored constant. */
export function storedLocation(path: string): string {
  const whole = resolve(path);
  return relative(parse(whole).root, whole).split(sep).join('/');
}

/** The folder that the locations of a graph's stored constants are relative to; none where it has none. */
export function storedRoot(outputs: Outputs): string | undefined {
  for (const { op, attrs } of topologicalOrder(Object.values(outputs)))
    if (op === 'stored') return parse(resolve((attrs as { path: string }).path)).root;
  return undefined;
}
