import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { FORMATS, isFormat } from '../../../method/exchange/formats.ts';
import { recordAudit } from '../../../project/people/audit.ts';
import type { Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

export const exportData: Handler<'exportData'> = async ({ studio, caller, params: { format } }) => {
  if (!isFormat(format)) throw notFound(`format ${format}`);
  const { extension, media } = FORMATS[format];
  const folder = mkdtempSync(join(tmpdir(), 'collimate-export-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
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
