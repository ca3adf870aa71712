import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

const LOG_BYTES = 16_384;

export const getJob: Handler<'getJob'> = async ({ studio, params: { id } }) => {
  const job = await studio.jobs.find(id);
  if (!job) throw notFound(`job ${id}`);
  return { job, log: await readEnd(studio.jobs.logPath(job.id)) };
};

async function readEnd(path: string): Promise<string> {
  if (!existsSync(path)) return '';
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - LOG_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    const text = buffer.toString('utf8', 0, bytesRead);
    return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await file.close();
  }
}
