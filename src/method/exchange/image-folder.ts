// ImageFolder, as Hugging Face datasets reads it: pictures beside a `metadata.jsonl` with `file_name` and `text`. Reading
// takes any folder of pictures with captions: metadata.jsonl, metadata.csv, a text file beside each picture, or the prompt that
// the program which drew it has written into it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { readDrawnText } from '../../pictures/drawn-text.ts';
import { FORMAT_NAMES, PICTURE_NAME } from '../../pictures/outside.ts';
import { parseParameters } from '../../pictures/parameters.ts';
import type { Project } from '../../project/project.ts';
import { readCsvTable } from '../../util/csv-table.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { fromColumns, fromRatingList, nameErrors, readText, toColumns, toRatingColumns, wrong } from './columns.ts';
import { listFiles, readPicture, readPictureNow, readTextFile } from './folder.ts';
import type { Item } from './items.ts';
import { kindOfFile } from './picture-files.ts';
import type { Incoming } from './store-items.ts';
import { unpackFiles } from './unzip.ts';
import { packFiles } from './zip.ts';

/**
 * Writes `train/<hash>.png` and `train/metadata.jsonl`, which comes last: a folder without it is not finished. An `out` that
 * ends in `.zip` becomes one file of the same.
 */
export async function writeImageFolder({ images }: Project, items: readonly Item[], out: string): Promise<void> {
  const files = listContents(images, items);
  if (isZip(out)) writeFileAtomic(out, packFiles(files));
  else for (const [name, bytes] of files) writeFileAtomic(join(out, name), bytes);
}

/** Files of other kinds need no room. */
const isRead = (name: string) => ['picture', 'metadata', 'caption'].includes(kindOfFile(name));

const isZip = (path: string) => /\.zip$/i.test(path);

function* listContents(images: Project['images'], items: readonly Item[]): Generator<[string, Uint8Array]> {
  for (const hash of new Set(items.map((item) => item.hash))) yield [`train/${hash}.png`, images.getBlob(hash)];
  const lines = items.map((item) => {
    const ratings = item.ratings.map(toRatingColumns);
    const row = { file_name: `${item.hash}.png`, text: item.prompt, ...toColumns(item), ratings };
    return `${JSON.stringify(row)}\n`;
  });
  yield ['train/metadata.jsonl', Buffer.from(lines.join(''))];
}

/** `readImageFolder`, also of a zip file, which is unpacked beside until its last picture was taken. */
export async function* readPictures(path: string): AsyncGenerator<Incoming> {
  if (!isZip(path)) return yield* readImageFolder(path);
  const folder = mkdtempSync(join(tmpdir(), 'collimate-unpacked-'));
  try {
    yield* readFiles(path, (await unpackFiles(path, folder, isRead)).files);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Reads a folder of pictures with captions.
 *
 * @param captions a metadata.jsonl or metadata.csv that lies elsewhere
 * @throws CollimateError USAGE for names that are no picture of the folder, pictures without a caption, damaged lines
 */
export function readImageFolder(dir: string, captions?: string): Incoming[] {
  return readFiles(dir, listFiles(dir), captions);
}

const METADATA = ['metadata.jsonl', 'metadata.csv'].flatMap((name) => [name, `train/${name}`]);

/** `readImageFolder` of files that are known by their names in `dir`. */
function readFiles(dir: string, files: ReadonlyMap<string, string>, captions?: string): Incoming[] {
  const metadata = captions ?? METADATA.map((name) => files.get(name)).find((path) => path !== undefined);
  if (metadata === undefined) return readTextFiles(dir, files);
  const inside = [...files].find(([, path]) => path === metadata)?.[0];
  const folder = inside === undefined ? '' : dirname(inside).replace(/^\.$/, '');
  return readRows(metadata, inside === undefined ? metadata : `${dir}/${inside}`).map(({ row, where }) => {
    const name = readText(row.file_name ?? row.image, 'file_name', where);
    const path = files.get(posix.join(folder, name)) ?? files.get(name);
    // Joining only looks names up: `../x` may name another file of the folder, and nothing else is in the list.
    if (path === undefined || !PICTURE_NAME.test(path))
      throw wrong(where, `file_name: no ${FORMAT_NAMES} file in ${dir} is called ${name}`);
    return {
      where: `${where} (${name})`,
      prompt: readText(row.text ?? row.prompt ?? row.caption, 'text', where),
      picture: readPicture(path),
      ...fromColumns(row, where),
      ratings: fromRatingList(row.ratings, where),
    };
  });
}

function readTextFiles(dir: string, files: ReadonlyMap<string, string>): Incoming[] {
  const pictures = [...files].filter(([name]) => PICTURE_NAME.test(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  if (pictures.length === 0)
    throw wrong(
      dir,
      `no ${FORMAT_NAMES} file`,
      'Name a folder of pictures with metadata.jsonl, metadata.csv, or x.txt beside x.png.',
    );
  return pictures.map(([name, path]) => {
    const captionName = name.replace(PICTURE_NAME, '.txt');
    const caption = files.get(captionName);
    const prompt =
      caption === undefined ? readDrawnPrompt(path) : readTextFile(caption, `${dir}/${captionName}`).trim();
    if (prompt === undefined)
      throw wrong(
        `${dir}/${name}`,
        'no caption, and no prompt in the picture itself',
        'Write it into a text file of the same name, or all into metadata.jsonl.',
      );
    return {
      where: name,
      prompt: readText(prompt, 'caption', `${dir}/${caption === undefined ? name : captionName}`),
      picture: readPicture(path),
      ratings: [],
    };
  });
}

/** The prompt in the text `parameters` of a PNG file. */
function readDrawnPrompt(path: string): string | undefined {
  const text = readDrawnText(readPictureNow(path));
  return text ? parseParameters(text).prompt : undefined;
}

function readRows(path: string, label: string): { row: Record<string, unknown>; where: string }[] {
  const text = readTextFile(path, label);
  if (/\.csv$/i.test(path)) {
    const known = ['file_name', 'text', 'prompt', 'caption', 'image'];
    const { columns, rows } = nameErrors(label, () => readCsvTable(text, known));
    if (!columns.includes('file_name'))
      throw wrong(label, `the columns are ${columns.slice(0, 8).join(', ')}; none is file_name`);
    return rows.map((row) => {
      const where = `${label} line ${row.line}`;
      if ('problem' in row) throw wrong(where, row.problem);
      return { where, row: row.values };
    });
  }
  return text.split(/\r\n|\r|\n/).flatMap((line, i) => {
    if (line.trim() === '') return [];
    const where = `${label} line ${i + 1}`;
    return [{ where, row: parseObject(line, where) }];
  });
}

/** A JSON object. @throws CollimateError USAGE */
function parseObject(text: string, where: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw wrong(where, `no JSON (${(error as Error).message})`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw wrong(where, 'expected a JSON object');
}
