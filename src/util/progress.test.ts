import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { createProgress } from './progress.ts';

function record(isTTY: boolean, env: Record<string, string> = {}, silent = false) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 80 });
  let time = 0;
  const progress = createProgress({ stream, env, silent, clock: () => time });
  const wait = (ms: number) => {
    time += ms;
  };
  return { progress, wait, read: () => String(stream.read() ?? '') };
}

test('without a terminal there are plain lines at intervals', () => {
  const { progress, wait, read } = record(false);
  progress.stage('tune', 100, 20);
  for (let step = 21; step <= 60; step++) {
    wait(500);
    progress.tick(step, { train_loss: 1 / 3 });
  }
  progress.note('saved');
  progress.done();
  assert.deepEqual(read().split('\n'), [
    'tune: 20/100',
    'tune: 40/100 · 2/s · 30s left · train_loss 0.3333',
    'tune: 60/100 · 2/s · 20s left · train_loss 0.3333',
    'saved',
    'tune: 60/100 · took 20s · train_loss 0.3333',
    '',
  ]);
});

test('a terminal shows one line that is rewritten, in bold unless NO_COLOR', () => {
  const rewrite = '\r\u001b[K';
  const { progress, wait, read } = record(true);
  progress.stage('generate', 4);
  wait(8000);
  read();
  progress.tick(2);
  assert.equal(
    read(),
    `${rewrite}\u001b[1mgenerate\u001b[22m ${'━'.repeat(10)}${'─'.repeat(10)} 2/4 · 4.0s each · 8.0s left`,
  );
  progress.done({ images: 4 });
  assert.equal(read(), `${rewrite}\u001b[1mgenerate\u001b[22m 2/4 · took 8.0s · images 4\n`);
  const plain = record(true, { NO_COLOR: '1' });
  plain.progress.stage('x', 1);
  assert.equal(plain.read(), `${rewrite}x ${'─'.repeat(20)} 0/1`);
});

test('a silent reporter writes nothing', () => {
  const { progress, read } = record(false, {}, true);
  progress.stage('x', 1);
  progress.tick(1);
  progress.note('n');
  progress.done();
  assert.equal(read(), '');
});

test('where nothing comes any more, no time left is told', () => {
  const { progress, wait, read } = record(false);
  progress.stage('draw', 100);
  wait(10_000);
  progress.tick(10, { workers: 1 });
  wait(120_000);
  progress.tick(10, { workers: 0 });
  assert.deepEqual(read().split('\n').slice(1, 3), [
    'draw: 10/100 · 1/s · 1m 30s left · workers 1',
    'draw: 10/100 · nothing for 2m 00s · workers 0',
  ]);
});
