// Speed and memory at the size of Stable Diffusion 1.5, XL, 3.5 medium and CLIP ViT-L/14, with random weights made on the spot (3 to 13 GB
// in the system's temporary folder, kept for the next run).
//
//   npm run fullsize                 every case
//   npm run fullsize -- LoRA         those whose name has the word

import { spawnSync } from 'node:child_process';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildFullSize } from './fullsize/build.ts';
import { CASES, runCase } from './fullsize/cases.ts';

const DIR = join(tmpdir(), 'collimate-fullsize');
const [first, second] = process.argv.slice(2);

if (first === '--case') console.log(JSON.stringify(await runCase(second!, buildFullSize(DIR, []))));
else
  for (const name of Object.keys(CASES).filter((each) => each.includes(first ?? ''))) {
    buildFullSize(DIR, CASES[name]!.needs);
    const args = ['--import', 'tsx', fileURLToPath(import.meta.url), '--case', name];
    const began = performance.now();
    const { status, stdout, stderr, signal } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    console.log(`${name} (load ${loadavg()[0]!.toFixed(1)})`);
    if (status !== 0) console.log(`  failed: ${signal ?? stderr.trim()}`);
    else
      for (const [key, value] of Object.entries(JSON.parse(stdout)))
        console.log(`  ${key} ${Number(value).toFixed(3)}`);
    console.log(`  process_s ${((performance.now() - began) / 1000).toFixed(1)}`);
  }
