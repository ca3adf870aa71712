// Data in and out.

import { createReadStream, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describeImport } from '../../../method/exchange/describe-import.ts';
import { FORMATS, type Format, isFormat } from '../../../method/exchange/formats.ts';
import type { ImportReport } from '../../../method/exchange/notes.ts';
import { openScratch } from '../../../project/images/staging.ts';
import { recordAudit } from '../../../project/people/audit.ts';
import { CollimateError } from '../../../util/errors.ts';
import type { Endpoints, Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

const listFormats: Handler<'listFormats'> = async () => ({
  formats: Object.entries(FORMATS as Record<string, Format>).map(([name, { description, beside }]) => ({
    name,
    description,
    beside: beside?.name ?? null,
  })),
});

const exportData: Handler<'exportData'> = async ({ studio, caller, params: { format } }) => {
  if (!isFormat(format)) throw notFound(`format ${format}`);
  const { extension, media } = FORMATS[format];
  const { dir: folder, remove } = openScratch('export');
  try {
    const out = join(folder, `collimate-${format}${extension}`);
    const { images, ratings } = await studio.exchanger.export(format, out);
    const detail = { images, ratings };
    await recordAudit(studio.project.db, { actor: caller, action: 'data.export', target: format, detail });
    const file = createReadStream(out).once('close', remove);
    return new Response(Readable.toWeb(file) as ReadableStream, {
      headers: {
        'content-type': media,
        'content-length': `${statSync(out).size}`,
        'content-disposition': `attachment; filename="collimate-${format}${extension}"`,
      },
    });
  } catch (error) {
    remove();
    throw error;
  }
};

const exportBeside: Handler<'exportBeside'> = async ({ params: { format } }) => {
  const beside = isFormat(format) ? (FORMATS[format] as Format).beside : undefined;
  if (!beside) throw notFound(`second file of format ${format}`);
  return new Response(beside.text, {
    headers: {
      'content-type': beside.media,
      'content-disposition': `attachment; filename="collimate-${format}${beside.extension}"`,
    },
  });
};

/** The file's own name is not looked at. */
const importData: Handler<'importData'> = async ({ studio, caller, params: { format }, context }) => {
  if (!isFormat(format)) throw notFound(`format ${format}`);
  const { file, skipBad } = await context.req.parseBody();
  if (!(file instanceof File))
    throw new CollimateError('USAGE', 'the form has no file', 'Send it in the field `file`.');
  const { dir: folder, remove } = openScratch('upload');
  try {
    const path = join(folder, `upload${FORMATS[format].extension}`);
    writeFileSync(path, new Uint8Array(await file.arrayBuffer()));
    const imported = await hidePath(folder, () => studio.exchanger.import(format, path, skipBad === 'true'));
    const summary = { ...imported, notes: hidePlaces(folder, imported.notes) };
    await recordAudit(studio.project.db, {
      actor: caller,
      action: 'data.import',
      target: format,
      detail: { ...summary, notes: countNotes(summary.notes) },
    });
    return { summary: { ...summary }, said: describeImport(summary) };
  } finally {
    remove();
  }
};

/** Rows speak of the upload, not of where it lay on the server. */
function hidePlaces(folder: string, notes: ImportReport): ImportReport {
  const hide = (text: string) => text.replaceAll(`${folder}/`, '');
  const leftOut = notes.leftOut.map((own) => ({ ...own, examples: own.examples.map(hide) }));
  return { ...notes, leftOut, bad: notes.bad.map(hide) };
}

/** For the audit log, where a list of thousands of rows has no place. */
function countNotes({ leftOut, bad }: ImportReport): { leftOut: number; bad: number } {
  return { leftOut: leftOut.reduce((sum, { count }) => sum + count, 0), bad: bad.length };
}

/** Errors speak of the upload, not of where it lay on the server. */
async function hidePath<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CollimateError)) throw error;
    throw new CollimateError(error.code, error.message.replaceAll(`${folder}/`, ''), error.hint);
  }
}

export const exchangeEndpoints = {
  listFormats,
  exportData,
  exportBeside,
  importData,
} satisfies Partial<Endpoints>;
