import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMainThread } from 'node:worker_threads';
import { CollimateError } from '../../util/errors.ts';
import { answerTasks, createThread } from './thread.ts';

/** This file is also the thread that it asks. */
if (!isMainThread)
  answerTasks<string>(async (task) => {
    if (task === 'busy') throw new CollimateError('UNAVAILABLE', 'the database is busy', 'Wait.', { retryAfter: 5 });
    return task.toUpperCase();
  });
else
  test('an error made for people crosses the thread whole: its code, its advice, and when to try again', async (t) => {
    const thread = createThread<string, string>('./thread.test', import.meta.url);
    // The thread alone keeps no process alive.
    const alive = setInterval(() => {}, 1000);
    t.after(() => {
      clearInterval(alive);
      return thread.close();
    });
    assert.equal(await thread.ask('word'), 'WORD');
    await assert.rejects(thread.ask('busy'), { code: 'UNAVAILABLE', retryAfter: 5, hint: 'Wait.' });
  });
