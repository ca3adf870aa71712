// The command line in the process of a test: what `main` says and returns, without the start of another Node.js. What only a
// process of its own shows (signals, a kill, two writers at once, the program's start) is tested with one.

import { Readable, Writable } from 'node:stream';
import { main } from './main.ts';

interface Said {
  status: number;
  stdout: string;
  stderr: string;
}

interface Around {
  /** Where the command runs; the folder of the test itself where this is left out. */
  cwd?: string;
  /** Variables beside those of the test. */
  env?: Readonly<Record<string, string>>;
  /** What is typed. */
  input?: string;
}

/** Runs one command line; one at a time where `cwd` or `env` is given, since both belong to the process. */
export async function runCommand(args: readonly string[], { cwd, env = {}, input = '' }: Around = {}): Promise<Said> {
  const [stdout, stderr] = [new Heard(), new Heard()];
  const [home, variables] = [process.cwd(), { ...process.env }];
  Object.assign(process.env, env);
  if (cwd !== undefined) process.chdir(cwd);
  try {
    const status = await main(args, undefined, { stdin: Readable.from([input]), stdout, stderr });
    return { status, stdout: stdout.text, stderr: stderr.text };
  } finally {
    if (cwd !== undefined) process.chdir(home);
    for (const name of Object.keys(env)) delete process.env[name];
    Object.assign(process.env, variables);
  }
}

class Heard extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
