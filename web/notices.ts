// The licence texts of what the studio's pages are built from, as one file beside them: a Vite plugin.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** The folder of the package that a module is part of; undefined for our own. */
function packageFolder(id: string): string | undefined {
  return /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id.replaceAll('\\', '/'))?.[1];
}

function describe(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
  const text = file
    ? readFileSync(join(folder, file), 'utf8').trim()
    : `(no licence file; package.json says ${license})`;
  return `${name} ${version} (${license ?? 'licence not named'})\n\n${text}\n`;
}

/** Emits `third-party.txt` with a section for each package that any chunk holds a module of. */
export function thirdPartyNotices(): Plugin {
  return {
    name: 'third-party-notices',
    generateBundle(_options, bundle) {
      const folders = Object.values(bundle).flatMap((file) =>
        file.type === 'chunk' ? file.moduleIds.flatMap((id) => packageFolder(id) ?? []) : [],
      );
      const packages = [...new Set(folders)].filter((folder) => existsSync(join(folder, 'package.json'))).sort();
      const line = `\n${'-'.repeat(80)}\n\n`;
      this.emitFile({ type: 'asset', fileName: 'third-party.txt', source: packages.map(describe).join(line) });
    },
  };
}
