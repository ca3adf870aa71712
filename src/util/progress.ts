// Progress for people: one line that is rewritten on a terminal, plain lines at intervals elsewhere, nothing when quiet.

import { createPace, type Pace } from './pace.ts';
import { formatDuration, formatNumber } from './text.ts';

/** ProgressFigures of the moment, such as `{ train_loss: 0.214 }`. */
export type ProgressFigures = Record<string, number | string>;

/** Tells people how far a stage is. */
export interface Progress {
  /** Begins a stage of `total` pieces, `done` of which were there already. */
  stage(name: string, total: number, done?: number): void;
  /** `done` pieces of the stage are there now. */
  tick(done: number, figures?: ProgressFigures): void;
  /** A line that stays, such as a warning. */
  note(text: string): void;
  /** A line for those who want to know more. */
  detail?(text: string): void;
  /** Ends the stage. */
  done(figures?: ProgressFigures): void;
}

export interface ProgressOptions {
  stream: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  /** Says nothing at all: `--json` and `--quiet`. */
  silent?: boolean;
  /** Shows details too. */
  verbose?: boolean;
  env?: Record<string, string | undefined>;
  /** Milliseconds; for tests. */
  clock?: () => number;
}

const TERMINAL_INTERVAL_MS = 100;
const PLAIN_INTERVAL_MS = 10_000;
const BAR_WIDTH = 20;

interface Stage {
  name: string;
  total: number;
  done: number;
  began: number;
  pace: Pace;
  shown: number;
  figures: ProgressFigures;
}

/** A reporter on `stream`, usually stderr. */
export function createProgress(options: ProgressOptions): Progress {
  const { stream, silent = false, verbose = false, env = process.env, clock = Date.now } = options;
  if (silent) return { stage() {}, tick() {}, note() {}, done() {} };
  const live = stream.isTTY === true && env.TERM !== 'dumb';
  const bold = live && !env.NO_COLOR ? (text: string) => `\x1b[1m${text}\x1b[22m` : (text: string) => text;
  let current: Stage | undefined;

  const clear = () => live && current && stream.write('\r\x1b[K');
  const show = (stage: Stage, last: boolean) => {
    stage.shown = clock();
    const text = describe(stage, clock(), last);
    if (!live) stream.write(`${stage.name}: ${text}\n`);
    else if (last) stream.write(`\r\x1b[K${bold(stage.name)} ${text}\n`);
    else
      stream.write(
        `\r\x1b[K${bold(stage.name)} ${(drawBar(stage) + text).slice(0, (stream.columns ?? 100) - stage.name.length - 2)}`,
      );
  };

  return {
    stage(name, total, done = 0) {
      if (current) this.done();
      current = { name, total, done, began: clock(), pace: createPace(done, clock), shown: clock(), figures: {} };
      show(current, false);
    },
    tick(done, figures) {
      if (!current) return;
      current.done = done;
      current.pace.note(done);
      if (figures) current.figures = figures;
      if (clock() - current.shown >= (live ? TERMINAL_INTERVAL_MS : PLAIN_INTERVAL_MS)) show(current, false);
    },
    note(text) {
      clear();
      stream.write(`${text}\n`);
      if (live && current) show(current, false);
    },
    detail(text) {
      if (verbose) this.note(text);
    },
    done(figures) {
      if (!current) return;
      if (figures) current.figures = figures;
      show(current, true);
      current = undefined;
    },
  };
}

function drawBar({ done, total }: Stage): string {
  const filled = Math.round(BAR_WIDTH * (total > 0 ? Math.min(1, done / total) : 0));
  return `${'━'.repeat(filled)}${'─'.repeat(BAR_WIDTH - filled)} `;
}

/** `40/100 · 2.5/s · 24s left · train_loss 0.21`, or with the time it took once it is over. */
function describe({ total, done, began, pace, figures }: Stage, time: number, last: boolean): string {
  const [rate, left, silence] = [pace.rate(), pace.secondsLeft(total), pace.silence()];
  // A part that counts nothing says that it has begun, and how long it took.
  const counted = total > 0 ? `${done}/${total}` : done > 0 ? `${done}` : last ? undefined : 'begun';
  const parts = counted === undefined ? [] : [counted];
  if (last) parts.push(`took ${formatDuration((time - began) / 1000)}`);
  else {
    if (rate > 0)
      parts.push(rate >= 1 ? `${formatNumber(Number(rate.toPrecision(3)))}/s` : `${formatDuration(1 / rate)} each`);
    if (left !== undefined && total > 0) parts.push(`${formatDuration(left)} left`);
    if (silence !== undefined) parts.push(`nothing for ${formatDuration(silence)}`);
  }
  for (const [name, value] of Object.entries(figures))
    parts.push(`${name} ${typeof value === 'number' ? formatNumber(value) : value}`);
  return parts.join(' · ');
}
