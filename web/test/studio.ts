// The real server over a real project, as a process that can be killed.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { programArgs } from '../../src/util/testing.ts';

const MAIN = programArgs('./studio-main', import.meta.url);

export interface StudioProcess {
  readonly url: string;
  /** Null once there is an owner. */
  readonly setUpToken: string | null;
  /** Ends the process without a word, as a power cut does. */
  kill(): Promise<void>;
}

/** Starts the studio on `port`, or on one that is free. What it logs makes the test fail. */
export async function startStudio(projectDir: string, webDir: string, port = 0): Promise<StudioProcess> {
  const child = spawn(process.execPath, [...MAIN, projectDir, webDir, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await firstLine(child);
  const { url, setUpToken } = JSON.parse(line) as Pick<StudioProcess, 'url' | 'setUpToken'>;
  return {
    url,
    setUpToken,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout! });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the studio ended with ${String(code)} before it served`);
  });
  const [line] = await Promise.race([once(lines, 'line'), ended]);
  return line as string;
}
