import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actionOfKey, DEFAULT_SETTINGS, labelOfKey, readSettings, rebind, resolveBindings } from './keymap.ts';

const press = (key: string, held: object = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...held });

test('the default keys answer images and pairs', () => {
  const image = (key: string, held?: object) => actionOfKey(DEFAULT_SETTINGS, 'image', press(key, held));
  assert.deepEqual(
    ['1', 'g', 'G', '2', 'b', 's', ' '].map((key) => image(key)),
    ['good', 'good', 'good', 'bad', 'bad', 'skip', 'skip'],
  );
  assert.deepEqual(
    [image('Backspace'), image('z', { ctrlKey: true }), image('z', { metaKey: true })],
    ['undo', 'undo', 'undo'],
  );
  assert.deepEqual(
    [image('?'), image('f'), image('z'), image('Tab'), image('g', { altKey: true }), image('q')],
    ['help', 'flag', 'zoom', undefined, undefined, undefined],
  );
  const pair = (key: string) => actionOfKey(DEFAULT_SETTINGS, 'pair', press(key));
  assert.deepEqual(['ArrowLeft', '1', 'ArrowRight', '2', 'ArrowDown', 't'].map(pair), [
    'left',
    'left',
    'right',
    'right',
    'tie',
    'tie',
  ]);
});

test('single keys can be switched off; those with Control stay', () => {
  const off = { ...DEFAULT_SETTINGS, enabled: false };
  assert.equal(actionOfKey(off, 'image', press('1')), undefined);
  assert.equal(actionOfKey(off, 'image', press(' ')), undefined);
  assert.equal(actionOfKey(off, 'image', press('z', { ctrlKey: true })), 'undo');
});

test('a key that is given to one action is taken from the other, in its mode alone', () => {
  const settings = rebind(DEFAULT_SETTINGS, 'image', 'good', ['b', 'j']);
  assert.equal(actionOfKey(settings, 'image', press('b')), 'good');
  assert.equal(actionOfKey(settings, 'image', press('1')), undefined);
  assert.deepEqual(resolveBindings(settings, 'image').bad, ['2']);
  assert.equal(actionOfKey(settings, 'pair', press('1')), 'left');
});

test('settings come back as stored, and damaged ones as the defaults', () => {
  const settings = rebind({ ...DEFAULT_SETTINGS, enabled: false }, 'pair', 'tie', ['ArrowUp']);
  assert.deepEqual(readSettings(JSON.stringify(settings)), settings);
  for (const text of [null, '', '{', '{}', '{"enabled":true,"changed":{"image":{"nothing":["1"]},"pair":{}}}'])
    assert.deepEqual(readSettings(text), DEFAULT_SETTINGS);
});

test('keys are named as they are printed on the keyboard', () => {
  assert.deepEqual([' ', 'g', 'ArrowLeft', 'ctrl+z', 'Backspace', '?'].map(labelOfKey), [
    'Space',
    'G',
    '←',
    'Ctrl Z',
    '⌫',
    '?',
  ]);
});

test('on a layout of another script a key does what stands at its place, unless it is bound itself', () => {
  const image = (key: string, code: string, held = {}) =>
    actionOfKey(DEFAULT_SETTINGS, 'image', press(key, { code, ...held }));
  assert.deepEqual(
    [image('п', 'KeyG'), image('И', 'KeyB'), image('ς', 'KeyW'), image('د', 'KeyN'), image('١', 'Digit1')],
    ['good', 'bad', 'why', undefined, 'good'],
  );
  assert.equal(image('я', 'KeyZ', { ctrlKey: true }), 'undo');
  // Latin layouts place letters otherwise on purpose, and the digits of AZERTY are typed with Shift.
  assert.deepEqual(
    [image('u', 'KeyF'), image('é', 'Digit2'), image('ü', 'BracketLeft')],
    [undefined, undefined, undefined],
  );
  const own = rebind(DEFAULT_SETTINGS, 'image', 'bad', ['п']);
  assert.equal(actionOfKey(own, 'image', press('п', { code: 'KeyG' })), 'bad');
});
