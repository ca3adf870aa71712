// Writes the table of docs/pretraining.md from the record that `collimate pretrain` left beside the models of the second world.
//
//   npm run pretraining-page

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Faults } from '../src/world/pretraining/captions.ts';
import type { PretrainSummary, StageRecord } from '../src/world/pretraining/pretrain.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = join(root, 'docs/pretraining.md');
const record = JSON.parse(readFileSync(join(root, 'models/embedded-2/pretraining.json'), 'utf8')) as PretrainSummary;

const cycles = Object.entries(record.stages).flatMap(([name, stage]) =>
  [...(stage.before ?? []), stage].map((cycle) => ({ name, ...cycle })),
);
const rows = cycles.map(
  ({ name, seed, faults, settings, steps, batch, learningRate, seconds, loss }) =>
    `| ${name} | ${seed ?? '–'} | ${faults ? tellCounts(faults) : '–'} | ${tellSettings(settings)} | ${steps.toLocaleString('en')} × ${batch} | ${learningRate} | ${loss ?? '–'} | ${seconds.toLocaleString('en')} |`,
);
const table = [
  `World \`${record.world}\`, faults \`${record.faults}\`, one thread each, on ${record.machine}:`,
  '',
  '| stage | seed | captions that count one too many, one too few | predicts, and what else learns | steps × batch | learning rate | mean loss of the last 100 steps | seconds |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ...rows,
].join('\n');

/** What cycles of the U-Net differed in; those before it was recorded predicted the noise. */
function tellSettings(settings: StageRecord['settings']): string {
  if (settings?.prediction === undefined) return '–';
  return `${settings.prediction}${settings.textLearns ? ', the text encoder' : ''}`;
}

function tellCounts({ overstated, understated }: Faults): string {
  return `${100 * overstated} %, ${100 * understated} %`;
}

const text = readFileSync(page, 'utf8');
const between = /(<!-- record -->\n)[\s\S]*?(<!-- end of record -->)/;
if (!between.test(text)) throw new Error('docs/pretraining.md: expected the markers of the record, got none');
writeFileSync(page, text.replace(between, `$1${table}\n$2`));
