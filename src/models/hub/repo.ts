// The names of models on the hub, and the folders of its cache, which are laid out as Python's huggingface_hub does:
// `models--OWNER--NAME/` with `blobs/` named by content, `snapshots/COMMIT/` of links to them, and `refs/` to commits.

import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { CollimateError } from '../../util/errors.ts';

/** A model at a branch, tag or commit. */
export interface HubRepo {
  readonly name: string;
  readonly revision: string;
}

const REPO = /^((?:[\w-][\w.-]*\/)?[\w-][\w.-]*)(?:@([\w-][\w./-]*))?$/;

/** `OWNER/NAME` or `OWNER/NAME@REVISION`; undefined where the text is neither. */
export function parseHubRepo(text: string): HubRepo | undefined {
  const [, name, revision = 'main'] = REPO.exec(text) ?? [];
  return name === undefined || revision.includes('..') ? undefined : { name, revision };
}

/** @throws CollimateError USAGE */
export function requireHubRepo(text: string): HubRepo {
  const repo = parseHubRepo(text);
  if (repo) return repo;
  throw new CollimateError(
    'USAGE',
    `pull: expected OWNER/NAME or OWNER/NAME@REVISION, got ${JSON.stringify(text)}`,
    'Name a model as the hub does, such as stabilityai/stable-diffusion-2-1-base.',
  );
}

export function repoDir(cacheDir: string, { name }: HubRepo): string {
  return join(cacheDir, ['models', ...name.split('/')].join('--'));
}

const COMMIT = /^[0-9a-f]{40}$/;

/** The folder of a model in the cache, if that revision has been fetched. */
export function findSnapshot(cacheDir: string, repo: HubRepo): string | undefined {
  const root = repoDir(cacheDir, repo);
  const ref = join(root, 'refs', repo.revision);
  const commit = COMMIT.test(repo.revision) ? repo.revision : existsSync(ref) ? readFileSync(ref, 'utf8').trim() : '';
  const folder = join(root, 'snapshots', commit);
  return COMMIT.test(commit) && existsSync(folder) ? folder : undefined;
}

/** Makes `path` in a snapshot a link to a blob, relative, so that the cache may be moved. */
export function linkBlob(snapshot: string, path: string, blob: string): void {
  const link = join(snapshot, path);
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(relative(dirname(link), blob), link);
}
