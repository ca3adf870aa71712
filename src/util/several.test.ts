import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { forSeveral } from './several.ts';

test('several are worked on at once, never more than allowed, each once; the first error begins nothing more', async () => {
  let [now, most] = [0, 0];
  const begun: number[] = [];
  const work = async (item: number) => {
    begun.push(item);
    most = Math.max(most, ++now);
    await sleep(1);
    now--;
  };
  const all = Array.from({ length: 20 }, (_, i) => i);
  await forSeveral(all, 4, work);
  assert.deepEqual([begun, most, now], [all, 4, 0]);
  await forSeveral([], 4, work);
  assert.equal(begun.length, 20);

  let ended = 0;
  const failing = async (item: number) => {
    await sleep(item === 1 ? 1 : 5);
    ended++;
    if (item > 0) throw new Error(`no ${item}`);
  };
  await assert.rejects(forSeveral(all, 3, failing), /^Error: no 1$/);
  assert.equal(ended, 3, 'what had begun has ended, and nothing else began');
});
