// Programs that tests start as processes of their own.

import { fileURLToPath } from 'node:url';

/**
 * What Node.js is given to run `file` (without its extension, relative to `base`, an `import.meta.url`): the TypeScript source
 * through tsx where the caller is one, and else the compiled file.
 *
 * @example spawn(process.execPath, [...programArgs('./studio-main', import.meta.url), dir]);
 */
export function programArgs(file: string, base: string): string[] {
  const path = (extension: string) => fileURLToPath(new URL(`${file}.${extension}`, base));
  return base.endsWith('.ts') ? ['--import', 'tsx', path('ts')] : [path('js')];
}
