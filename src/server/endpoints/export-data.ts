import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportProject, FORMATS, isFormat } from '../../exchange/formats.ts';
import { recordAudit } from '../../store/audit.ts';
import type { Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

export const exportData: Handler<'exportData'> = async ({ studio, caller, params: { format } }) => {
  if (!isFormat(format)) throw notFound(`format ${format}`);
  const { extension, media } = FORMATS[format];
  const folder = mkdtempSync(join(tmpdir(), 'collimate-export-'));
  try {
    const out = join(folder, `collimate-${format}${extension}`);
    const { images, ratings } = await exportProject(studio.project, { format, out });
    const detail = { images, ratings };
    await recordAudit(studio.project.db, { actor: caller, action: 'data.export', target: format, detail });
    return new Response(readFileSync(out), {
      headers: {
        'content-type': media,
        'content-disposition': `attachment; filename="collimate-${format}${extension}"`,
      },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
