import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPace } from './pace.ts';

test('the time left is by what came lately: of workers that join, leave, and come back', () => {
  let time = 0;
  let done = 0;
  const pace = createPace(0, () => time);
  const work = (pieces: number, ms: number) => {
    for (let i = 0; i < pieces; i++) {
      time += ms;
      pace.note(++done);
    }
    return Math.round(pace.secondsLeft(4000)!);
  };
  assert.deepEqual([pace.rate(), pace.secondsLeft(4000), pace.silence()], [0, undefined, undefined]);
  time += 600_000; // nobody was there
  assert.equal(work(100, 1000), 3900);
  assert.equal(work(400, 250), 3500 / 4, 'three more joined');
  assert.equal(work(100, 1000), 3400, 'and left');
  time += 180_000;
  assert.deepEqual([pace.rate(), pace.secondsLeft(4000), pace.silence()], [0, undefined, 180]);
  work(1, 1000);
  assert.equal(work(10, 1000), 3389, 'the silence is no part of the pace that follows it');
});

test('pieces that come many at once have the pace of all of them', () => {
  let time = 0;
  const pace = createPace(0, () => time);
  for (let done = 32; done <= 96; done += 32) {
    time += 80_000;
    assert.equal(pace.silence(), undefined);
    pace.note(done);
    assert.equal(pace.secondsLeft(done + 64), 160);
  }
  time += 241_000;
  assert.equal(pace.silence(), 241);
});

test('pieces of minutes have a pace, too', () => {
  let time = 0;
  const pace = createPace(0, () => time);
  for (let done = 1; done <= 3; done++) {
    time += 300_000;
    pace.note(done);
  }
  assert.equal(pace.secondsLeft(13), 3000);
  time += 600_000;
  assert.equal(pace.silence(), undefined);
  assert.equal(pace.secondsLeft(13), 5000, 'what has not come yet makes it longer');
});
