// A thread that answers tasks one after another or at once, for work that would hold up the event loop. Started at the
// first task; one that dies is started again at the next.

import { parentPort, type Worker } from 'node:worker_threads';
import { CollimateError, type ErrorCode } from '../../util/errors.ts';
import { startThread } from '../../util/start-thread.ts';

interface Known {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly retryAfter: number | undefined;
}

type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly known: Known }
  | { readonly id: number; readonly defect: string };

export interface Thread<Task, Value> {
  /** @throws CollimateError as the task's function throws it. */
  ask(task: Task): Promise<Value>;
  close(): Promise<void>;
}

/** A thread that runs `file` (without its extension, relative to `base`, an `import.meta.url`). */
export function createThread<Task, Value>(file: string, base: string, workerData?: unknown): Thread<Task, Value> {
  const waiting = new Map<number, { resolve(value: Value): void; reject(error: Error): void }>();
  let worker: Worker | undefined;
  let next = 0;

  const start = () => {
    const started = startThread(file, base, workerData);
    const fail = (error: Error) => {
      if (worker !== started) return;
      worker = undefined;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    started.on('message', (reply: Reply) => {
      const own = waiting.get(reply.id);
      waiting.delete(reply.id);
      if ('value' in reply) own?.resolve(reply.value as Value);
      else if ('known' in reply) own?.reject(toError(reply.known));
      else own?.reject(new Error(reply.defect));
    });
    started.on('error', fail);
    started.on('exit', () => fail(new Error(`the thread ${file} ended`)));
    started.unref();
    return started;
  };

  return {
    ask(task) {
      worker ??= start();
      const id = next++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        worker!.postMessage({ id, task });
      });
    },
    async close() {
      const last = worker;
      worker = undefined;
      await last?.terminate();
    },
  };
}

function toError({ code, message, hint, retryAfter }: Known): CollimateError {
  return new CollimateError(code, message, hint, retryAfter === undefined ? {} : { retryAfter });
}

/** The other side: answers every task by `run`. */
export function answerTasks<Task>(run: (task: Task) => Promise<unknown>): void {
  parentPort!.on('message', async ({ id, task }: { id: number; task: Task }) => {
    parentPort!.postMessage(await answer(id, () => run(task)));
  });
}

async function answer(id: number, work: () => Promise<unknown>): Promise<Reply> {
  try {
    return { id, value: await work() };
  } catch (error) {
    if (!(error instanceof CollimateError)) return { id, defect: (error as Error).stack ?? String(error) };
    const { code, message, hint, retryAfter } = error;
    return { id, known: { code, message, hint, retryAfter } };
  }
}
