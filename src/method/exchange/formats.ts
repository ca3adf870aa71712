// Every format by its name: how the project goes out in it, and how a file or folder of it comes in.

import { existsSync, readdirSync } from 'node:fs';
import type { ImagePurpose } from '../../project/database/schema.ts';
import type { Project } from '../../project/project.ts';
import { CollimateError } from '../../util/errors.ts';
import { readPictures, writeImageFolder } from './image-folder.ts';
import { type Item, readItems } from './items.ts';
import { LABELLING_CONFIG, readLabelStudio, writeLabelStudio } from './label-studio.ts';
import { createNotes } from './notes.ts';
import { readParquetShards, writeParquetShards } from './parquet.ts';
import { writePickAPic } from './pick-a-pic.ts';
import { readPickAPic } from './pick-a-pic-read.ts';
import { readPreferences, writePreferences } from './preference.ts';
import { readRatingsCsv, writeRatingsCsv } from './ratings-csv.ts';
import type { Source } from './source.ts';
import { type ImportSummary, type Incoming, storeItems } from './store-items.ts';

export interface Format {
  readonly description: string;
  /** What one file of it ends in. */
  readonly extension: string;
  /** Media type of one file. */
  readonly media: string;
  readonly write: (project: Project, items: readonly Item[], out: string) => Promise<void>;
  /** A second, small file that the format needs and that is the same for every project; the command line writes it beside the first. */
  readonly beside?: {
    readonly name: string;
    readonly extension: string;
    readonly media: string;
    readonly text: string;
  };
  readonly read: (source: Source) => AsyncIterable<Incoming>;
}

export const FORMATS = {
  imagefolder: {
    description:
      'Pictures with metadata.jsonl, as Hugging Face datasets and diffusers read them: a folder, or one zip file',
    extension: '.zip',
    media: 'application/zip',
    write: writeImageFolder,
    read: readPictures,
  },
  parquet: {
    description: 'Parquet with Hugging Face metadata: one file, or a folder of shards',
    extension: '.parquet',
    media: 'application/vnd.apache.parquet',
    write: writeParquetShards,
    read: readParquetShards,
  },
  'label-studio': {
    description: 'Tasks and annotations of Label Studio as JSON, with the labelling configuration beside',
    extension: '.json',
    media: 'application/json',
    write: writeLabelStudio,
    beside: {
      name: 'labelling configuration',
      extension: '.config.xml',
      media: 'application/xml',
      text: LABELLING_CONFIG,
    },
    read: readLabelStudio,
  },
  'pick-a-pic': {
    description:
      'Pairs in the columns of Pick-a-Pic: those that came as pairs, and from good and bad images of one prompt and pair studies',
    extension: '.parquet',
    media: 'application/vnd.apache.parquet',
    write: writePickAPic,
    read: readPickAPic,
  },
  preference: {
    description: 'Unpaired preferences (prompt, completion, label), one row an answer',
    extension: '.parquet',
    media: 'application/vnd.apache.parquet',
    write: writePreferences,
    read: readPreferences,
  },
  csv: {
    description: 'Raw ratings, one line an answer, without pictures',
    extension: '.csv',
    media: 'text/csv',
    write: writeRatingsCsv,
    read: readRatingsCsv,
  },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;

export function isFormat(name: string): name is FormatName {
  return Object.hasOwn(FORMATS, name);
}

/** @throws CollimateError USAGE */
function findFormat(name: string): Format {
  if (isFormat(name)) return FORMATS[name];
  throw new CollimateError('USAGE', `there is no format ${name}`, `Formats: ${Object.keys(FORMATS).join(', ')}.`);
}

/**
 * Writes the images of a purpose with their answers; raters go out under pseudonyms, excluded ones not at all.
 *
 * @throws CollimateError USAGE where there is something at `out` already, MISSING_STAGE where there are no images.
 */
export async function exportProject(
  project: Project,
  { format, out, purpose = 'feedback' }: { format: string; out: string; purpose?: ImagePurpose },
): Promise<{ images: number; ratings: number; out: string }> {
  const { write } = findFormat(format);
  if (existsSync(out) && !isEmptyFolder(out))
    throw new CollimateError(
      'USAGE',
      `there is something at ${out} already`,
      'Name a file or folder that is not there yet.',
    );
  const items = await readItems(project, { purpose });
  if (items.length === 0)
    throw new CollimateError(
      'MISSING_STAGE',
      `export: no image was drawn for ${purpose}`,
      'Run `collimate generate`, or `collimate init --images`.',
    );
  await write(project, items, out);
  return { images: items.length, ratings: items.reduce((sum, { ratings }) => sum + ratings.length, 0), out };
}

function isEmptyFolder(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch {
    return false;
  }
}

export interface ImportOptions {
  readonly format: string;
  readonly path: string;
  /** Leave out rows and pictures that cannot be read, and list them. */
  readonly skipBad?: boolean | undefined;
  /** A table of captions that lies elsewhere, for `imagefolder`. */
  readonly captions?: string | undefined;
}

/** Stores what a file or folder holds: all of it but what the summary names, or nothing. @throws CollimateError USAGE */
export async function importFile(
  project: Project,
  { format, path, skipBad, captions }: ImportOptions,
): Promise<ImportSummary> {
  const { read } = findFormat(format);
  const notes = createNotes({ skipBad });
  return storeItems(project, (scratch) => read({ path, scratch, notes, captions }), notes);
}
