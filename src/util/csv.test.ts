import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCsv, parseCsv, unguardCell } from './csv.ts';
import { readCsvTable } from './csv-table.ts';
import { random } from './random.ts';

const cells = (text: string) => parseCsv(text).map((row) => row.cells);

test('quotes that break the rules are read as Python’s csv reads them, and no row is lost', () => {
  // The right-hand sides are list(csv.reader(io.StringIO(text, newline=''))) of Python 3.12.
  const cases: [text: string, rows: string[][]][] = [
    [
      'a,b\n1.png,a 5" tall cat\n2.png,three\n',
      [
        ['a', 'b'],
        ['1.png', 'a 5" tall cat'],
        ['2.png', 'three'],
      ],
    ],
    [
      'x"y,1\nz,2\n',
      [
        ['x"y', '1'],
        ['z', '2'],
      ],
    ],
    [
      '"x" y,1\nz,2\n',
      [
        ['x y', '1'],
        ['z', '2'],
      ],
    ],
    ['"x"y"z",1\n', [['xy"z"', '1']]],
    ['a, "b",c\n', [['a', ' "b"', 'c']]],
    ['a\rb\r\nc\nd', [['a'], ['b'], ['c'], ['d']]],
    [
      '"a\r\nb","c""d"\r\n,\r\n',
      [
        ['a\r\nb', 'c"d'],
        ['', ''],
      ],
    ],
    ['1,', [['1', '']]],
    ['\uFEFFa,b', [['a', 'b']]],
  ];
  for (const [text, rows] of cases) assert.deepEqual(cells(text), rows, JSON.stringify(text));
});

test('a quote that would swallow rows is refused by the line where it is opened', () => {
  const refused = (text: string, message: RegExp) =>
    assert.throws(() => parseCsv(text), { name: 'CollimateError', code: 'USAGE', message });
  refused('a,b\n1,"no end\n2,x\n', /^line 2: a quote is opened here and never closed$/);
  refused('a,b\n\n1,"5 inches\n2,"ten"\n3,x\n', /^line 3: a quote is opened here and closed within a cell of line 4$/);
  assert.deepEqual(
    parseCsv('"a\nb",1\n\nc,2').map(({ line }) => line),
    [1, 4],
  );
});

test('whatever is written is read back, and no text whatever loses a letter in silence', () => {
  const alphabet = ['a', '"', ',', '\n', '\r', ' ', ';', '\t', 'é', '😀'];
  for (let seed = 0; seed < 400; seed++) {
    const rng = random(seed, 'csv');
    const text = () => Array.from({ length: rng.int(6) }, () => alphabet[rng.int(alphabet.length)]).join('');
    const width = 2 + rng.int(3);
    const rows = Array.from({ length: 1 + rng.int(5) }, () => Array.from({ length: width }, text));
    assert.deepEqual(
      cells(formatCsv(rows)).map((row) => row.map(unguardCell)),
      rows,
    );
    // Anything at all: every letter that is no quote, delimiter, line end or blank line stands in the cells, in its order.
    const wild = Array.from({ length: 40 }, text).join('');
    try {
      const letters = (all: string) => all.replace(/[",\s]/g, '');
      assert.equal(letters(cells(wild).flat().join('')), letters(wild));
    } catch (error) {
      assert.match(String(error), /line \d+: a quote is opened here and/);
    }
  }
});

test('a table is read by names, whatever its delimiter, and rows that do not fit say so', () => {
  const { columns, rows } = readCsvTable('\uFEFFFile_Name; Text ;;x\na.png;5" cat;;\nb.png;dog\nc.png;owl;;1;;\n', [
    'file_name',
  ]);
  assert.deepEqual(columns, ['file_name', 'text', 'x']);
  assert.deepEqual(rows, [
    { line: 2, values: { file_name: 'a.png', text: '5" cat', x: '' } },
    { line: 3, problem: 'expected 4 cells, got 2' },
    { line: 4, values: { file_name: 'c.png', text: 'owl', x: '1' } },
  ]);
  assert.deepEqual(readCsvTable('a\tprompt\n1\tx', ['prompt']).rows, [{ line: 2, values: { a: '1', prompt: 'x' } }]);
  assert.throws(() => readCsvTable('text,Text\n1,2', ['text']), /line 1: the column text is there twice/);
  assert.throws(() => readCsvTable('\uFEFF\n \n', ['text']), { code: 'USAGE', message: 'the table is empty' });
  // What Excel writes above a table whose delimiter is no comma.
  assert.deepEqual(readCsvTable('\uFEFFsep=|\r\ntext|x\r\na, b|1\r\n', ['text']).rows, [
    { line: 3, values: { text: 'a, b', x: '1' } },
  ]);
});
