import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { makeTemporaryDir } from '../../project/testing.ts';
import { random } from '../../util/random.ts';
import { unpackFiles } from './unzip.ts';
import { packFiles } from './zip.ts';

const text = (name: string) => Buffer.from(`what ${name} says`);
const pack = (names: readonly string[]) =>
  Buffer.concat([...packFiles(names.map((name) => [name, text(name)] as const))]);

const [LOCAL, CENTRAL, END] = ['PK\x03\x04', 'PK\x01\x02', 'PK\x05\x06'];

/** Places of a signature. */
function find(zip: Buffer, signature: string): number[] {
  const found: number[] = [];
  for (let at = zip.indexOf(signature, 0, 'latin1'); at >= 0; at = zip.indexOf(signature, at + 1, 'latin1'))
    found.push(at);
  return found;
}

function edit(zip: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(zip);
  change(copy);
  return copy;
}

/** The directory no longer lists the file at `index`, though it is still there. */
function unlist(zip: Buffer, index: number): Buffer {
  const places = find(zip, CENTRAL);
  const end = find(zip, END)[0]!;
  const [from, to] = [places[index]!, places[index + 1] ?? end];
  const copy = Buffer.concat([zip.subarray(0, from), zip.subarray(to)]);
  const at = end - (to - from);
  for (const field of [8, 10]) copy.writeUInt16LE(places.length - 1, at + field);
  copy.writeUInt32LE(zip.readUInt32LE(end + 12) - (to - from), at + 12);
  return copy;
}

function makeUnpack(t: TestContext) {
  const dir = makeTemporaryDir(t);
  return async (bytes: Uint8Array) => {
    const path = join(dir, 'x.zip');
    writeFileSync(path, bytes);
    const { files } = await unpackFiles(path, makeTemporaryDir(t));
    return new Map([...files].map(([name, file]) => [name, readFileSync(file, 'utf8')]));
  };
}

test('archives are read by their directory, and what is damaged, hidden or ambiguous is refused', async (t) => {
  const unpack = makeUnpack(t);
  const names = ['a.txt', 'b.txt', 'c.txt'];
  const sound = pack(names);
  assert.deepEqual(
    [...(await unpack(sound))],
    names.map((name) => [name, `what ${name} says`]),
  );
  const locals = find(sound, LOCAL);
  const everyHeader = (zip: Buffer, change: (at: number, flags: number) => void) => {
    for (const at of find(zip, LOCAL)) change(at, 6);
    for (const at of find(zip, CENTRAL)) change(at, 8);
  };
  const cases: [what: string, bytes: Uint8Array, message: RegExp][] = [
    ['cut at an entry', sound.subarray(0, locals[2]), /no zip file, or a damaged one/],
    ['cut within the directory', sound.subarray(0, sound.length - 30), /no zip file, or a damaged one/],
    ['no archive', Buffer.from('a text'), /no zip file, or a damaged one/],
    [
      'a changed byte',
      edit(sound, (zip) => zip.write('W', sound.indexOf('what b'), 'latin1')),
      /b\.txt: .*check sum differs/,
    ],
    [
      'two of one name',
      Buffer.from(sound.toString('latin1').replaceAll('b.txt', 'a.txt'), 'latin1'),
      /two files called a\.txt/,
    ],
    ['unlisted, first', unlist(sound, 0), /holds a file that its directory does not list/],
    ['unlisted, between', unlist(sound, 1), /holds a file that its directory does not list/],
    ['unlisted, last', unlist(sound, 2), /holds a file that its directory does not list/],
    [
      'encrypted',
      edit(sound, (zip) =>
        everyHeader(
          zip,
          (at, flags) =>
            zip.writeUInt16LE(zip.readUInt16LE(at + flags) | 1, at + flags) && zip.writeUInt16LE(8, at + flags + 2),
        ),
      ),
      /a\.txt: is encrypted/,
    ],
    [
      'another method',
      edit(sound, (zip) => everyHeader(zip, (at, flags) => zip.writeUInt16LE(14, at + flags + 2))),
      /compressed by method 14/,
    ],
    [
      'two names of one file',
      edit(sound, (zip) => zip.write('d', locals[1]! + 30, 'latin1')),
      /b\.txt is called d\.txt where its data begin/,
    ],
    ['a way out', Buffer.from(sound.toString('latin1').replaceAll('b.txt', '../bt'), 'latin1'), /\.\.\/bt/],
    [
      'files within each other',
      edit(sound, (zip) => zip.writeUInt32LE(locals[0]! + 4, find(zip, CENTRAL)[1]! + 42)),
      /within another file|damaged/,
    ],
    [
      'more than is read',
      edit(
        sound,
        (zip) =>
          zip.writeUInt32LE(600 * 2 ** 20, find(zip, CENTRAL)[1]! + 24) &&
          zip.writeUInt16LE(8, find(zip, CENTRAL)[1]! + 10),
      ),
      /more than this reads/,
    ],
    ['nothing', pack([]), /an empty archive/],
  ];
  for (const [what, bytes, message] of cases)
    await assert.rejects(unpack(bytes), { name: 'CollimateError', code: 'USAGE', message }, what);
});

test('compressed files are read, and one that grows beyond its size is refused', async (t) => {
  const unpack = makeUnpack(t);
  const content = Buffer.alloc(100_000, 'x');
  const packed = deflateRawSync(content);
  // A stored file made into a compressed one: method 8, and the size that it grows to.
  const make = (size: number) =>
    edit(Buffer.concat([...packFiles([['a.txt', packed]])]), (zip) => {
      const [local, central] = [find(zip, LOCAL)[0]!, find(zip, CENTRAL)[0]!];
      zip.writeUInt16LE(8, local + 8);
      zip.writeUInt16LE(8, central + 10);
      zip.writeUInt32LE(size, central + 24);
    });
  await assert.rejects(unpack(make(content.length)), /check sum differs/);
  await assert.rejects(unpack(make(1000)), /damaged one \(.*bytes/);
});

test('an archive behind a program that unpacks it is read, wherever its places are counted from', async (t) => {
  const unpack = makeUnpack(t);
  const names = ['a.txt', 'b.txt'];
  const expected = names.map((name) => [name, `what ${name} says`]);
  const program = Buffer.from('#!/bin/sh\nexit\nPK\x03\x04 and the like is looked for here\n', 'latin1');
  const fromArchive = Buffer.concat([program, pack(names)]);
  assert.deepEqual([...(await unpack(fromArchive))], expected);
  const fromFile = edit(fromArchive, (zip) => {
    for (const at of find(zip, CENTRAL)) zip.writeUInt32LE(zip.readUInt32LE(at + 42) + program.length, at + 42);
    const [end] = find(zip, END);
    zip.writeUInt32LE(zip.readUInt32LE(end! + 16) + program.length, end! + 16);
  });
  assert.deepEqual([...(await unpack(fromFile))], expected);
  await assert.rejects(unpack(Buffer.concat([program, unlist(pack(names), 1)])), /its directory does not list/);
  await assert.rejects(unpack(Buffer.concat([pack(['stale.txt']), pack(names)])), /damaged|does not list/);
});

test('thousands of small files, and none that was not asked for', async (t) => {
  const names = Array.from({ length: 5000 }, (_, i) => `${i}.txt`);
  const path = join(makeTemporaryDir(t), 'many.zip');
  const folder = makeTemporaryDir(t);
  writeFileSync(path, pack(names));
  const { files } = await unpackFiles(path, folder, (name) => name.endsWith('7.txt'));
  assert.equal(files.size, 5000);
  assert.equal(readdirSync(folder).length, 500);
  assert.equal(readFileSync(files.get('4997.txt')!, 'utf8'), 'what 4997.txt says');
});

test('an archive with changed bytes is refused, or holds what it held', async (t) => {
  const unpack = makeUnpack(t);
  const names = ['a.txt', 'b.txt'];
  const sound = pack(names);
  let refused = 0;
  for (let seed = 0; seed < 120; seed++) {
    const rng = random(seed, 'unzip');
    const broken = edit(sound, (zip) => {
      for (let i = 0; i <= rng.int(3); i++) zip[rng.int(zip.length)] = rng.int(256);
    });
    try {
      const found = await unpack(rng.int(4) === 0 ? broken.subarray(0, rng.int(broken.length)) : broken);
      const known = names.map((name) => `what ${name} says`);
      // Names may have been what changed; no text did, and no file went missing.
      assert.deepEqual([...found.values()], known);
    } catch (error) {
      assert.equal((error as Error).name, 'CollimateError', String((error as Error).stack));
      refused++;
    }
  }
  assert.ok(refused > 60, `${refused} of 120 refused`);
});
