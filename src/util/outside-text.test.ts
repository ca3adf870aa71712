import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findTextFault, tidyName, tidyText, withoutNetworks } from './outside-text.ts';

test('blanks and marks around a text go, what is inside stays', () => {
  assert.equal(tidyText('\uFEFF  two  red dogs\r\nin a\rcity \n'), 'two  red dogs\nin a\ncity');
});

test('a name is one line, whatever breaks it', () => {
  for (const broken of ['Ann\nDroste', ' Ann \r\n\t Droste\r', 'Ann\u2028Droste', 'Ann\tDroste\u2029'])
    assert.equal(tidyName(broken), 'Ann Droste');
  assert.equal(tidyName('Ann  von Droste'), 'Ann  von Droste');
});

test('what databases would cut, change or refuse is named', () => {
  assert.equal(findTextFault('nul \0 inside'), 'has the control character U+0000');
  assert.equal(findTextFault('a \x93quoted\x94 word'), 'has the control character U+0093');
  assert.equal(findTextFault('half \ud83d emoji'), 'has half a letter (the lone surrogate U+D83D)');
  for (const text of ['', 'two\nlines\tand a tab', '😀 👨‍👩‍👧 e\u0301', '二匹の赤い犬'])
    assert.equal(findTextFault(text), undefined);
});

test('names of network files are taken out of a prompt, with the commas around them, and nothing else is', () => {
  assert.equal(withoutNetworks('<lora:oil:0.8> a red fox,<LyCo:x>, at night,  <hypernet:y:1>'), 'a red fox, at night');
  assert.equal(withoutNetworks('<lora:oil:0.8>'), '');
  for (const text of ['a (red:1.2) fox,, at <night>', 'x < y, lora:z >']) assert.equal(withoutNetworks(text), text);
});
