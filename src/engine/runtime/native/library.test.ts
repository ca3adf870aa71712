import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite, test } from 'node:test';
import { checkVersion, findLibrary, packageLibraries } from './library.ts';

/** As the package has them: a folder for each version of Node's interface, platform and processor. */
const FILES = {
  'linux x64': 'napi-v6/linux/x64/libonnxruntime.so.1',
  'linux arm64': 'napi-v6/linux/arm64/libonnxruntime.so.1',
  'darwin arm64': 'napi-v6/darwin/arm64/libonnxruntime.1.dylib',
  'win32 x64': 'napi-v6/win32/x64/onnxruntime.dll',
  'win32 arm64': 'napi-v6/win32/arm64/onnxruntime.dll',
};

suite('the library is found by platform and processor', () => {
  for (const [machine, file] of Object.entries(FILES)) {
    const [platform, arch] = machine.split(' ') as [string, string];
    test(machine, () => {
      const bin = mkdtempSync(join(tmpdir(), 'collimate-library-'));
      for (const each of [file, 'napi-v3/linux/x64/other']) {
        mkdirSync(dirname(join(bin, each)), { recursive: true });
        writeFileSync(join(bin, each), '');
      }
      assert.equal(findLibrary(bin, platform, arch), join(bin, file));
      assert.equal(findLibrary(packageLibraries(), platform, arch), join(packageLibraries(), file));
      rmSync(bin, { recursive: true });
    });
  }

  test('and where there is none, that is said', () => {
    for (const [platform, arch] of [
      ['darwin', 'x64'],
      ['freebsd', 'x64'],
    ] as const)
      assert.throws(() => findLibrary(packageLibraries(), platform, arch), {
        code: 'PROVIDER',
        message: new RegExp(`^ONNX Runtime: expected .* for ${platform} x64 below .*, which has none$`),
        hint: /COLLIMATE_RUNTIME=node/,
      });
  });
});

test('a library of another version is refused by its number', () => {
  checkVersion('1.30.0', 'here');
  for (const version of ['1.29.1', '1.3.0', '1.300.0', '2.0.0'])
    assert.throws(() => checkVersion(version, 'libonnxruntime.so.1'), {
      code: 'PROVIDER',
      message: `ONNX Runtime: expected version 1.30 of the library, got ${version} (libonnxruntime.so.1)`,
    });
});
