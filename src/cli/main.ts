// The command line: finds the command, loads its file, runs it, and turns what happens into text and an exit code.
// 0 done, 1 failed, 2 misuse, 130 interrupted.

import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { findUnknownVariables } from '../project/config/config-env.ts';
import { WorkFailed } from '../project/work/work-failed.ts';
import { CollimateError } from '../util/errors.ts';
import { interruptedError } from '../util/interrupt.ts';
import { JOB_DIR_VARIABLE, type JobExit, writeJobExit } from '../util/job-files.ts';
import { writeLog } from '../util/json-progress.ts';
import { explainSystemError } from '../util/system-errors.ts';
import { findOperands, normalizeFlags } from './args.ts';
import { COMMANDS, type CommandEntry, GROUPS } from './commands.ts';
import { type CliContext, createContext, type Streams } from './context.ts';
import { startTracing, type Tracing } from './tracing.ts';

const [EXIT_MISUSE, EXIT_INTERRUPTED] = [2, 130];
const MISUSE_HINT = 'Run the same command with --help for what it takes.';

/** Runs one command line and returns its exit code; results go to stdout, everything else to stderr. */
export async function main(
  args: readonly string[],
  commands: readonly CommandEntry[] = COMMANDS,
  streams: Streams = process,
): Promise<number> {
  const program = createProgram(streams);
  const controller = new AbortController();
  const context = createContext(program, controller.signal, streams);
  const stopListening = listenForInterrupts(context, controller);
  const normalized = normalizeFlags(args);
  let tracing: Tracing | undefined;
  try {
    tracing = await startTracing(context.env);
    await registerCommands(program, context, normalized, commands);
    program.hook('preAction', () => warnOfVariables(context));
    if (normalized.length === 0) program.outputHelp();
    else await program.parseAsync(normalized, { from: 'user' });
    tellJob(context, 0);
    return 0;
  } catch (error) {
    return report(error, context);
  } finally {
    await tracing?.stop();
    stopListening();
  }
}

/** The program without its commands: names, and the flags that every command takes. */
export function createProgram({ stdout, stderr }: Streams): Command {
  const { version, description } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  ) as Record<string, string>;
  return new Command('collimate')
    .description(description!)
    .version(version!, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .option('-C, --project <dir>', 'look for the project in this folder and above it')
    .option('--json', 'print the result as one JSON object, and no progress')
    .option('-q, --quiet', 'print no progress')
    .option('--verbose', 'tell more: the stack of an error, and what runs otherwise than was asked for')
    .addOption(
      new Option('--log <form>', 'write progress and errors as text, or as lines of JSON').choices(['text', 'json']),
    )
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .exitOverride()
    .showHelpAfterError(MISUSE_HINT)
    .addHelpText('after', '\nExamples:\n  $ collimate init dogs\n  $ collimate doctor');
}

/** Adds every command by name and summary, and the one that `args` names most exactly with all it has. */
async function registerCommands(
  program: Command,
  context: CliContext,
  args: readonly string[],
  commands: readonly CommandEntry[],
): Promise<void> {
  const words = findOperands(args);
  if (words[0] === 'help') words.shift();
  let named: { entry: CommandEntry; command: Command } | undefined;
  for (const entry of commands) {
    const command = addCommand(program, entry);
    const matches = entry.name.split(' ').every((part, i) => words[i] === part);
    // `evaluate` must not take the flags of `evaluate human`.
    if (matches && entry.name.length > (named?.entry.name.length ?? 0)) named = { entry, command };
  }
  if (named) (await named.entry.load()).register(named.command, context);
}

function addCommand(program: Command, { name, summary }: CommandEntry): Command {
  const [first, second] = name.split(' ') as [string, string?];
  if (second === undefined) return program.command(first).description(summary);
  const group =
    program.commands.find((command) => command.name() === first) ??
    program.command(first).description(GROUPS[first] ?? '');
  return group.command(second).description(summary);
}

/** The first Ctrl+C asks the stage to save and stop, the second ends the process now. */
function listenForInterrupts(context: CliContext, controller: AbortController): () => void {
  const listen = () => {
    if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
    if (context.stderr.isTTY) context.stderr.write('\n'); // behind the ^C of a terminal
    context.tell('Stopping: saving what is done. Ctrl+C again stops now.');
    controller.abort(interruptedError());
  };
  const names = ['SIGINT', 'SIGTERM'] as const;
  for (const name of names) process.on(name, listen);
  return () => {
    for (const name of names) process.off(name, listen);
  };
}

/** A misspelt variable would be ignored in silence. */
function warnOfVariables({ env, tell }: CliContext): void {
  for (const { name, nearest } of findUnknownVariables(env)) {
    const meant = nearest ? ` Did you mean ${nearest}?` : '';
    tell(`the variable ${name} means nothing here and is ignored.${meant}`, 'warning');
  }
}

function report(error: unknown, context: CliContext): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : reportMisuse(error, context);
  const { json, verbose } = context.options();
  const aborted = context.signal.aborted && !(error instanceof CollimateError);
  const failure = aborted ? interruptedError() : (explainSystemError(error) ?? error);
  const known = failure instanceof CollimateError;
  const message = failure instanceof Error ? failure.message : String(failure);
  const code = known ? failure.code : 'DEFECT';
  const hint = known
    ? failure.hint
    : 'This is a defect of Collimate: run the command again with --verbose to see where it comes from.';
  if (json && !context.printed()) context.stdout.write(`${JSON.stringify({ error: { code, message, hint } })}\n`);
  const exitCode = known ? failure.exitCode : 1;
  const topic = failure instanceof WorkFailed ? { topic: failure.topic } : {};
  tellJob(context, exitCode, { message, hint, ...topic });
  const told = code === 'INTERRUPTED' ? message : `error: ${message}`; // stopping as asked is no error
  const level = code === 'INTERRUPTED' ? 'info' : 'error';
  if (context.options().log === 'json') writeLog(context.stderr, { level, message, code, hint });
  else context.stderr.write(`${told}\n${hint ? `  ${hint}\n` : ''}`);
  if ((verbose || context.env.COLLIMATE_DEBUG) && error instanceof Error)
    context.stderr.write(`${describeStack(error)}\n`);
  return exitCode;
}

/** What commander refused it has told on stderr already. */
function reportMisuse(error: CommanderError, context: CliContext): number {
  const message = error.code === 'commander.help' ? 'the command lacks its second word' : error.message;
  const failure = { message: message.replace(/^error: /, ''), hint: MISUSE_HINT };
  if (context.options().json) context.stdout.write(`${JSON.stringify({ error: { code: 'USAGE', ...failure } })}\n`);
  tellJob(context, EXIT_MISUSE, failure);
  return EXIT_MISUSE;
}

/** Whoever started this command as a job reads there how it ended. */
function tellJob({ env }: CliContext, code: number, error: JobExit['error'] = null): void {
  const dir = env[JOB_DIR_VARIABLE];
  if (dir) writeJobExit(dir, { code, error });
}

function describeStack(error: Error): string {
  const { cause } = error;
  return cause instanceof Error ? `${error.stack}\ncaused by ${describeStack(cause)}` : String(error.stack);
}
