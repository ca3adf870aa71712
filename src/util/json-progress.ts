// Progress for programs that read logs: one JSON object a line.

import { createPace } from './pace.ts';
import type { Progress, ProgressFigures } from './progress.ts';

const INTERVAL_MS = 10_000;

/** A line of a log: when, how grave, and what. */
export type LogLine = { readonly level: 'info' | 'warning' | 'error'; readonly message: string } & Readonly<
  Record<string, unknown>
>;

/** Writes a line of a log. */
export function writeLog(stream: NodeJS.WritableStream, line: LogLine): void {
  stream.write(`${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`);
}

/** A reporter that writes the beginning and end of each stage, how far it is every ten seconds, and every note. */
export function createJsonProgress(stream: NodeJS.WritableStream, clock: () => number = Date.now): Progress {
  let stage = '';
  let [total, done, began, told] = [0, 0, 0, 0];
  let pace = createPace(0, clock);
  const tell = (message: string, figures: ProgressFigures = {}) => {
    told = clock();
    const left = message === 'progress' && total > 0 ? pace.secondsLeft(total) : undefined;
    const times = { seconds: (told - began) / 1000, ...(left !== undefined && { secondsLeft: Math.round(left) }) };
    writeLog(stream, { level: 'info', message, stage, done, total, ...times, ...figures });
  };
  return {
    stage(name, all, there = 0) {
      [stage, total, done, began] = [name, all, there, clock()];
      pace = createPace(there, clock);
      tell('stage began');
    },
    tick(now, figures) {
      done = now;
      pace.note(now);
      if (clock() - told >= INTERVAL_MS) tell('progress', figures);
    },
    note: (text) => writeLog(stream, { level: 'info', message: text, ...(stage && { stage }) }),
    done(figures) {
      if (stage === '') return;
      tell('stage ended', figures);
      stage = '';
    },
  };
}
