// Any folder of pictures with captions: tables called metadata in any of its folders, a text beside each picture, or the prompt
// that the program which drew it has written into it. Every picture and every row is taken, or left out with a reason.

import { dirname } from 'node:path';
import { readDrawnTexts } from '../../pictures/drawn-text.ts';
import { kindOfFile } from '../../pictures/kind-of-file.ts';
import { FORMAT_NAMES, PICTURE_NAME } from '../../pictures/outside.ts';
import { parseParameters } from '../../pictures/parameters.ts';
import { plural } from '../../util/text.ts';
import { fromColumns, fromRatingList, readText, wrong } from './columns.ts';
import { type FoundFiles, readPicture, readPictureNow, readTextFile } from './folder.ts';
import { answerLabel, readFolderLabel } from './labels.ts';
import { indexNames, type NameIndex, plainName } from './names.ts';
import type { ImportNotes } from './notes.ts';
import { splitOfFile, toNotedSplit } from './splits.ts';
import type { Incoming } from './store-items.ts';
import { FILE_COLUMNS, openTable, type Table, type TableRow, TEXT_COLUMNS } from './tables.ts';

/** A folder that is being read. */
interface Reading {
  /** What errors call it. */
  readonly dir: string;
  readonly found: FoundFiles;
  readonly notes: ImportNotes;
  readonly index: NameIndex;
  /** Captions beside pictures, by the plain name of the picture without its ending. */
  readonly captions: Captions;
  /** Captions that a picture has already. */
  readonly used: Set<string>;
  /** Names of the pictures that were taken or told of. */
  readonly taken: Set<string>;
}

/**
 * Reads files that are known by their names in `dir`.
 *
 * @param captions a table that lies elsewhere, in place of those in the folder
 * @throws CollimateError USAGE where there is no picture at all, or a table is damaged as a whole
 */
export async function* readFolderFiles(
  dir: string,
  found: FoundFiles,
  notes: ImportNotes,
  captions?: string,
): AsyncGenerator<Incoming> {
  const names = [...found.files.keys()].sort();
  const pictures = names.filter((name) => kindOfFile(name) === 'picture');
  if (pictures.length === 0)
    throw wrong(
      dir,
      `no ${FORMAT_NAMES} file${found.links.length > 0 ? `, but ${plural(found.links.length, 'link')}, which are not followed (${found.links.slice(0, 3).join(', ')})` : ''}`,
      `${found.links.length > 0 ? 'Copy what the links lead to, or name' : 'Name'} a folder of pictures with metadata.jsonl, metadata.csv, or x.txt beside x.png.`,
    );
  const index = indexNames([...names, ...found.links]);
  const reading: Reading = {
    dir,
    found,
    notes,
    index,
    captions: listCaptions(names, notes),
    taken: new Set(),
    used: new Set(),
  };
  for (const { path, folder, label } of chooseTables(reading, names, captions)) {
    const table = await openTable(path, label, notes);
    for await (const row of table.rows) {
      const item = await notes.attempt(() => readRow(reading, table, folder, row));
      if (item) yield item;
    }
  }
  for (const name of pictures.filter((picture) => !reading.taken.has(picture))) {
    const item = await notes.attempt(() => readAlone(reading, name));
    if (item) yield item;
  }
  noteOthers(reading, names);
}

interface ChosenTable {
  readonly path: string;
  /** Where the names in it are looked up first. */
  readonly folder: string;
  readonly label: string;
}

/** Of each folder the first of JSON lines, CSV, tabs and Parquet. */
function chooseTables({ dir, found, notes }: Reading, names: readonly string[], captions?: string): ChosenTable[] {
  const tables = names.filter((name) => kindOfFile(name) === 'metadata');
  if (captions !== undefined) {
    for (const name of tables) notes.leaveOut('table in the folder, since captions were named', name);
    return [{ path: captions, folder: '', label: captions }];
  }
  const rank = (name: string) =>
    ['.jsonl', '.ndjson', '.csv', '.tsv', '.parquet'].findIndex((ending) => name.toLowerCase().endsWith(ending));
  const byFolder = new Map<string, string>();
  for (const name of tables.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))) {
    const folder = dirname(name).replace(/^\.$/, '');
    if (byFolder.has(folder)) notes.leaveOut(`table beside ${byFolder.get(folder)}`, name);
    else byFolder.set(folder, name);
  }
  return [...byFolder]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([folder, name]) => ({ path: found.files.get(name)!, folder, label: `${dir}/${name}` }));
}

const withoutEnding = (name: string) => name.replace(/\.[^./]*$/, '');
const stem = (name: string) => withoutEnding(plainName(name));

/** Captions by the names of pictures without their ending: as they stand, and where none is called so, in their plain form. */
interface Captions {
  readonly exact: ReadonlyMap<string, string>;
  readonly plain: ReadonlyMap<string, string>;
}

const BESIDE_ANOTHER = 'caption beside another of the same picture';
const BESIDE_TABLE = 'caption beside a picture that a table has a text for';

/** kohya's `.caption` counts where there is no `.txt`. */
function listCaptions(names: readonly string[], notes: ImportNotes): Captions {
  const [exact, plain] = [new Map<string, string>(), new Map<string, string>()];
  const found = names.filter((name) => kindOfFile(name) === 'caption');
  const rank = (name: string) => (/\.txt$/i.test(name) ? 0 : 1);
  for (const name of found.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))) {
    if (exact.has(withoutEnding(name))) notes.leaveOut(BESIDE_ANOTHER, name);
    else exact.set(withoutEnding(name), name);
    if (!plain.has(stem(name))) plain.set(stem(name), name);
  }
  return { exact, plain };
}

function readRow(reading: Reading, { labels }: Table, folder: string, { row, where }: TableRow): Incoming | undefined {
  const { notes, taken } = reading;
  const fileColumn =
    FILE_COLUMNS.find((column) => typeof row[column] === 'string' && row[column] !== '') ?? 'file_name';
  const asked = readText(row[fileColumn], fileColumn, where);
  const name = findPicture(reading, folder, asked, `${where}: ${fileColumn}`);
  taken.add(name);
  if (!isReadable(reading, name)) return undefined;
  const textColumn = TEXT_COLUMNS.find(
    (column) => row[column] !== undefined && row[column] !== null && row[column] !== '',
  );
  const caption = textColumn === undefined ? readOwnCaption(reading, name) : undefined;
  const place = `${where} (${asked})`;
  const prompt = caption?.text ?? readText(textColumn && row[textColumn], textColumn ?? 'text', place);
  // A quote that was opened by mistake and happens to be closed makes one cell of several rows.
  if (!caption && prompt.includes('\n') && row.image_id === undefined) notes.readAs(SEVERAL_LINES);
  const answers = fromRatingList(row.ratings, place);
  const label = answers ? undefined : labels?.read(row);
  const columns = fromColumns(row, notes, [
    fileColumn,
    textColumn ?? 'text',
    ...(answers ? ['ratings'] : (labels?.columns ?? [])),
  ]);
  return {
    where: place,
    prompt,
    picture: readPicture(reading.found.files.get(name)!),
    fileName: name,
    ...columns,
    ...toNotedSplit(columns.split ?? splitOfFile(name), row.split, notes),
    ratings:
      answers ??
      (label
        ? answerLabel(label, labels!.column, notes, { where: place, rater: row.rater })
        : answerFolder(name, notes)),
  };
}

/** The file that a row means. @throws CollimateError USAGE where there is none, or several that it could be. */
function findPicture({ dir, index, notes }: Reading, folder: string, asked: string, where: string): string {
  const file = index.find(folder, asked);
  if (file && !file.exact) notes.readAs('file found by another spelling of its name (capitals, accents, slashes)');
  if (file && ['picture', 'other picture', 'system'].includes(kindOfFile(file.name))) return file.name;
  const alike = index.listAlike(folder, asked);
  const hint = alike.length > 0 ? `; it could be ${alike.slice(0, 3).join(' or ')}` : '';
  throw wrong(where, `no ${FORMAT_NAMES} file in ${dir} is called ${asked}${hint}`);
}

/** Whether the picture is one that is read; else it is told of. */
function isReadable({ found, notes }: Reading, name: string): boolean {
  if (found.files.has(name) && kindOfFile(name) === 'picture') return true;
  notes.leaveOut(found.links.includes(name) ? LINK : REASONS[kindOfFile(name)], name);
  return false;
}

const LINK = 'link, which is not followed';
const REASONS: Readonly<Record<ReturnType<typeof kindOfFile>, string>> = {
  picture: 'picture without a caption: no row names it, no text lies beside it, and it has no prompt in it',
  metadata: 'table',
  caption: 'text without a picture of its name',
  'other picture': `picture or film that is not ${FORMAT_NAMES}`,
  system: 'file of an operating system, or hidden one',
  other: 'file that is neither a picture nor a caption',
};

/** A picture that no row names. */
function readAlone(reading: Reading, name: string): Incoming | undefined {
  const { notes, found } = reading;
  const caption = readOwnCaption(reading, name);
  if (caption === undefined) {
    notes.leaveOut(REASONS.picture, name);
    return undefined;
  }
  return {
    where: name,
    prompt: readText(caption.text, 'caption', caption.where),
    picture: readPicture(found.files.get(name)!),
    fileName: name,
    ...toNotedSplit(splitOfFile(name), undefined, notes),
    ratings: answerFolder(name, notes),
  };
}

const answerFolder = (name: string, notes: ImportNotes) =>
  answerLabel(readFolderLabel(name), 'the folders good and bad', notes, { where: name });

/** What lies beside a picture, or stands in it. */
function readOwnCaption(
  { dir, found, captions, used, notes }: Reading,
  name: string,
): { text: string; where: string } | undefined {
  const beside = captions.exact.get(withoutEnding(name)) ?? captions.plain.get(stem(name));
  if (beside !== undefined) {
    const where = `${dir}/${beside}`;
    const text = readText(readTextFile(found.files.get(beside)!, where), 'caption', where);
    if (used.has(beside))
      notes.readAs('picture that shares its caption with another of the same name but for the ending');
    used.add(beside);
    noteLines(text, notes);
    return { text, where };
  }
  const texts = readDrawnTexts(readPictureNow(found.files.get(name)!)).map((drawn) => parseParameters(drawn).prompt);
  const [text, ...others] = new Set(texts.filter((prompt) => prompt !== ''));
  if (others.length > 0) notes.readAs('picture in which several prompts are written, of which the first was taken');
  return text === undefined ? undefined : { text, where: `${dir}/${name}` };
}

const SEVERAL_LINES = 'caption of several lines, all of them taken';

/** Other programs know no remarks in captions either; of several lines, kohya's scripts take the first, others all. */
function noteLines(text: string, notes: ImportNotes): void {
  const lines = text.split('\n');
  if (lines.length > 1) notes.readAs(SEVERAL_LINES);
  if (lines.some((line) => line.trimStart().startsWith('#')))
    notes.readAs('caption with a line that starts with #, which is part of it and no remark');
}

/** What is neither a picture that was taken nor its caption. */
function noteOthers({ found, notes, taken, captions, used }: Reading, names: readonly string[]): void {
  const pictures = new Set(names.filter((name) => PICTURE_NAME.test(name)).map(stem));
  const read = new Set([...used].map(stem));
  for (const name of names) {
    const kind = kindOfFile(name);
    if (kind === 'picture' || kind === 'metadata' || taken.has(name)) continue;
    // A second caption of one picture was told of.
    if (kind === 'caption' && captions.exact.get(withoutEnding(name)) !== name) continue;
    const isUnread = kind === 'caption' && pictures.has(stem(name));
    if (!isUnread) notes.leaveOut(REASONS[kind], name);
    else if (!used.has(name)) notes.leaveOut(read.has(stem(name)) ? BESIDE_ANOTHER : BESIDE_TABLE, name);
  }
  for (const name of found.links) if (!taken.has(name)) notes.leaveOut(LINK, name);
}
