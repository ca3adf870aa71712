// Constants that stay in files. ONNX names such a file by a path relative to a folder; the root of the file system is that
// folder here, so that weights may lie anywhere.

import { CollimateError } from '../../util/errors.ts';
import { topologicalOrder } from '../graph/tensor.ts';
import type { Outputs } from './outputs.ts';

/** The root and the rest of an absolute path, with `/` between folders. */
function splitRoot(path: string): { root: string; rest: string } {
  const root = /^([A-Za-z]:)?[\\/]/.exec(path)?.[0];
  if (root !== undefined) return { root, rest: path.slice(root.length).replaceAll('\\', '/') };
  throw new CollimateError('WEIGHTS', `stored constant: expected an absolute path, got ${path}`);
}

/** How ONNX names the file of a stored constant. @throws CollimateError WEIGHTS where the path is not absolute. */
export function storedLocation(path: string): string {
  return splitRoot(path).rest;
}

/** The folder that the locations of a graph's stored constants are relative to; none where it has none. */
export function storedRoot(outputs: Outputs): string | undefined {
  for (const { op, attrs } of topologicalOrder(Object.values(outputs)))
    if (op === 'stored') return splitRoot((attrs as { path: string }).path).root;
  return undefined;
}
