// What every command is given: where to print, how to show progress, when to stop, and the flags that all commands share.

import type { Command } from 'commander';
import { JOB_DIR_VARIABLE, recordProgress } from '../util/job-files.ts';
import { createJsonProgress, writeLog } from '../util/json-progress.ts';
import { createProgress, type Progress } from '../util/progress.ts';

/** Flags that every command takes. */
export interface GlobalOptions {
  json?: boolean;
  quiet?: boolean;
  verbose?: boolean;
  /** How progress and errors are written to stderr. */
  log?: 'text' | 'json';
  /** Folder to look for the project from. */
  project?: string;
}

/** Where a command reads from and writes to: the process's own streams, or others in their place. */
export interface Streams {
  stdin: NodeJS.ReadableStream;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
}

export interface CliContext extends Streams {
  env: Record<string, string | undefined>;
  /** Aborted by the first Ctrl+C: save and stop. */
  signal: AbortSignal;
  /** The shared flags; read them inside an action, not while registering. */
  options(): GlobalOptions;
  /** A reporter on stderr: lines of JSON under --log json, else silent under --json and --quiet. */
  progress(): Progress;
  /** A line on stderr, of JSON under --log json. */
  tell(message: string, level?: 'info' | 'warning'): void;
  /** The result on stdout: `result` as one line of JSON under --json, else `text`. */
  print(result: unknown, text: string): void;
  /** Whether a result was printed: one that says what is wrong is followed by no second object under --json. */
  printed(): boolean;
}

export function createContext(program: Command, signal: AbortSignal, streams: Streams): CliContext {
  const { stdin, stdout, stderr } = streams;
  const options = () => program.opts<GlobalOptions>();
  let printed = false;
  return {
    stdin,
    stdout,
    stderr,
    env: process.env,
    signal,
    options,
    progress() {
      const { json = false, quiet = false, verbose = false, log } = options();
      const progress =
        log === 'json'
          ? createJsonProgress(stderr)
          : createProgress({ stream: stderr, silent: json || quiet, verbose });
      const jobDir = process.env[JOB_DIR_VARIABLE];
      return jobDir ? recordProgress(progress, jobDir) : progress;
    },
    tell(message, level = 'info') {
      if (options().log === 'json') writeLog(stderr, { level, message });
      else stderr.write(`${level === 'warning' ? 'warning: ' : ''}${message}\n`);
    },
    print(result, text) {
      printed = true;
      stdout.write(options().json ? `${JSON.stringify(result)}\n` : `${asTyped(text, process.env)}\n`);
    },
    printed: () => printed,
  };
}

/** What to call next, as whoever called by npx or `npm run demo` has to type it: no shell of theirs knows `collimate` alone. */
export function asTyped(text: string, env: CliContext['env']): string {
  if (env.npm_lifecycle_event !== 'npx' && env.npm_lifecycle_event !== 'demo') return text;
  return text.replace(/\bNext: .*$|^ {2}collimate /gm, (part) => part.replace(/(?<=^| )collimate /g, 'npx collimate '));
}

/** Lists ways to call a command under its help; each starts with the command's own name. */
export function addExamples(command: Command, examples: readonly string[]): void {
  command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ collimate ${example}`).join('\n')}`);
}
