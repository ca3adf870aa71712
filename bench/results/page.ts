// The results page: the words of docs/results/words.md, with tables and figures from the JSON files in place of its markers.

import { type JudgedClaim, judgeAll } from './claims.ts';
import { writeExperiment } from './experiments.ts';
import type { ResultFiles } from './files.ts';
import { writeClaims, writePaperTable } from './paper-table.ts';
import { writeReproduction } from './reproductions.ts';
import { table } from './write.ts';

const NOTICE = '<!-- Made by `npm run results` from words.md and the JSON files; change those. -->';
/** `{{experiment beta}}` */
const MARKER = /\{\{(\w[\w-]*)(?: ([^}]+))?\}\}/g;

export function writePage(words: string, files: ResultFiles): string {
  const claims = judgeAll(files);
  const page = words.replace(MARKER, (marker: string, kind: string, name: string | undefined) => {
    const made = make(kind, name ?? '', files, claims);
    if (made === undefined) throw new Error(`docs/results/words.md: there is nothing to put in place of ${marker}`);
    return made;
  });
  return `${NOTICE}\n\n${page.trim()}\n`;
}

function make(kind: string, name: string, files: ResultFiles, claims: readonly JudgedClaim[]): string | undefined {
  const { experiments, reproductions, recorded } = files;
  const own = claims.filter(({ source }) => source === name);
  if (kind === 'paper') return writePaperTable(claims);
  if (kind === 'claims') return own.length > 0 ? writeClaims(own) : undefined;
  if (kind === 'count') return countClaims(name, claims);
  if (kind === 'reproductions') return reproductions.map((one) => sectionOf(one, claims)).join('\n\n');
  const experiment = kind === 'experiment' && experiments.find((one) => one.experiment === name);
  if (experiment) return [writeExperiment(experiment), writeClaims(own)].filter(Boolean).join('\n\n');
  const table = kind === 'recorded' ? recorded[name] : undefined;
  return table && writeRecorded(table);
}

/** A section a reproduction, those that there are. */
function sectionOf(reproduction: ResultFiles['reproductions'][number], claims: readonly JudgedClaim[]): string {
  const own = claims.filter(({ source }) => source === reproduction.name);
  return [`## ${reproduction.name}`, writeReproduction(reproduction), writeClaims(own)].filter(Boolean).join('\n\n');
}

function countClaims(name: string, claims: readonly JudgedClaim[]): string | undefined {
  if (name === 'claims') return String(claims.length);
  const found = claims.filter(({ verdict }) => verdict === name).length;
  return ['reproduced', 'opposite', 'open'].includes(name) ? String(found) : undefined;
}

function writeRecorded({ title, source, columns, rows }: ResultFiles['recorded'][string]): string {
  return `${title} (written down by hand: ${source})\n\n${table(columns, rows)}`;
}
