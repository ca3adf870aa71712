// `collimate doctor`: what this machine can do, and what is missing.

import { statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, totalmem } from 'node:os';
import type { Command } from 'commander';
import { CollimateError, type ErrorCode } from '../util/errors.ts';
import { formatBytes, formatTable } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';

/** One thing looked at; `needed` says what to do where it is not enough. */
interface Check {
  name: string;
  value: string;
  ok: boolean;
  needed?: string;
  /** The code of the error where it is not enough, where that is not PROVIDER. */
  code?: ErrorCode;
  /** In place of ok, for what may be there or not. */
  note?: string;
}

const GIB = 1024 ** 3;

export function register(command: Command, context: CliContext): void {
  command.action(async () => {
    const checks = [
      checkNode(),
      checkCores(),
      checkMemory(),
      checkDisk(context.options().project ?? '.'),
      ...(await checkRuntime()),
    ];
    const failed = checks.filter((check) => !check.ok);
    context.print(
      { ok: failed.length === 0, checks },
      formatTable(
        checks.map(({ name, value, ok, needed, note }) => [
          note ?? (ok ? 'ok' : 'MISSING'),
          name,
          ok || !needed ? value : `${value}: ${needed}`,
        ]),
      ),
    );
    if (failed.length > 0)
      throw new CollimateError(
        failed[0]!.code ?? 'PROVIDER',
        `${failed.map((check) => check.name).join(', ')}: not enough to run`,
        failed[0]!.needed,
      );
  });
  addExamples(command, ['doctor', 'doctor --json']);
}

function checkNode(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return {
    name: 'Node.js',
    value: `${process.version} on ${process.platform} ${process.arch}`,
    ok: major > 20 || (major === 20 && minor >= 19),
    needed: 'install Node.js 20.19 or newer',
  };
}

function checkCores(): Check {
  return {
    name: 'cores',
    value: `${availableParallelism()} of ${cpus()[0]?.model.trim() ?? 'an unnamed processor'}`,
    ok: true,
  };
}

/** The memory that this process may use: a container's limit where there is one. */
function checkMemory(): Check {
  const limit = process.constrainedMemory();
  const bytes = limit > 0 && limit < totalmem() ? limit : totalmem();
  return { name: 'memory', value: formatBytes(bytes), ok: bytes >= 3 * GIB, needed: 'the demo needs 3 GiB' };
}

function checkDisk(dir: string): Check {
  const { bavail, bsize } = statfsSync(dir);
  return {
    name: 'disk',
    value: `${formatBytes(bavail * bsize)} free`,
    ok: bavail * bsize >= GIB / 2,
    needed: 'a project needs half a GiB or more',
    code: 'DISK_FULL',
  };
}

async function checkRuntime(): Promise<Check[]> {
  try {
    const { listProviders, PROVIDERS } = await import('../engine/runtime/providers.ts');
    const { chooseMaker } = await import('../engine/runtime/makers.ts');
    const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
    const there = listProviders();
    const { name } = await chooseMaker('cpu');
    const busy = name === 'node' ? ', which is busy while it computes' : '; WebGPU, CoreML and DirectML: node';
    return [
      { name: 'ONNX Runtime', value: version, ok: there.includes('cpu'), needed: 'run npm ci again' },
      { name: 'runtime', value: `${name}${busy}`, ok: true },
      ...PROVIDERS.map((name) => ({
        name: `device ${name}`,
        value: there.includes(name) ? 'installed' : 'not installed',
        ok: true,
        ...(!there.includes(name) && { note: '–' }),
      })),
    ];
  } catch (error) {
    return [
      {
        name: 'ONNX Runtime',
        value: `does not load (${(error as Error).message.split('\n')[0]})`,
        ok: false,
        needed: 'run npm ci again',
      },
    ];
  }
}
