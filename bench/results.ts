// Writes docs/results/README.md from words.md beside it and the JSON files in its folders.
//
//   npm run results

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RESULTS, readResultFiles } from './results/files.ts';
import { writePage } from './results/page.ts';

writeFileSync(
  join(RESULTS, 'README.md'),
  writePage(readFileSync(join(RESULTS, 'words.md'), 'utf8'), readResultFiles()),
);
