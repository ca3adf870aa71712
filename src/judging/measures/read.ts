// `measures.json` as it was written, also by a release that knew fewer figures.

import { readFileSync } from 'node:fs';
import type { MeasuresReport } from './report.ts';

/** @throws Error where the file is no JSON. */
export function readMeasures(path: string): MeasuresReport {
  const report = JSON.parse(readFileSync(path, 'utf8')) as MeasuresReport;
  return { ...report, models: report.models.map((model) => ({ ...NOT_YET, ...model })) };
}

/** What the first release did not measure. */
const NOT_YET = { heldOut: null, splits: [] } as const;
