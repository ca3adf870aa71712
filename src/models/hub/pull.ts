// Fetches a model from the hub into the cache that Python's huggingface_hub shares.

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ListFileEntry, listFiles, modelInfo } from '@huggingface/hub';
import { CollimateError } from '../../util/errors.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { throwIfInterrupted } from '../../util/interrupt.ts';
import type { Progress } from '../../util/progress.ts';
import { type ChooseOptions, chooseFiles, foldersWithout } from './choose-files.ts';
import { type DownloadOptions, downloadFile, type RemoteFile } from './download.ts';
import { toHubError } from './refuse.ts';
import { findSnapshot, type HubRepo, linkBlob, repoDir } from './repo.ts';
import type { HubSettings } from './settings.ts';

export interface PullOptions extends ChooseOptions, Pick<DownloadOptions, 'pause' | 'patience'> {
  readonly settings: HubSettings;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

export interface PullSummary {
  readonly repo: string;
  readonly revision: string;
  readonly commit: string;
  /** The folder of the model, or the file that was asked for. */
  readonly path: string;
  readonly kind: 'pipeline' | 'clip' | 'file';
  readonly files: number;
  /** Of all files, in bytes, and of those that were not there already. */
  readonly size: number;
  readonly fetched: number;
}

/**
 * Fetches what is needed of a model at a revision; what is in the cache is not fetched again.
 *
 * @throws CollimateError HUB where the hub refuses, is out of reach, or has no such model in a form that is read here;
 * DISK_FULL, LOCKED, INTERRUPTED. A revision has its name in the cache only when all of it is there.
 */
export async function pullModel(repo: HubRepo, options: PullOptions): Promise<PullSummary> {
  const { settings, signal, progress, file } = options;
  if (settings.offline) return describeCached(repo, options);
  const { commit, entries } = await inspectRemote(repo, settings);
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  const chosen = chooseFiles(repo.name, [...byPath.keys()], options).map((path) => byPath.get(path)!);
  const plain = options.variant && file === undefined ? foldersWithout([...byPath.keys()], options.variant) : [];
  if (plain.length > 0)
    progress.note(
      `${repo.name} has no ${options.variant} of ${plain.join(', ')}: other weights of ${plain.length === 1 ? 'it' : 'them'} are fetched.`,
    );
  const root = repoDir(settings.cacheDir, repo);
  const snapshot = join(root, 'snapshots', commit);
  const size = chosen.reduce((sum, entry) => sum + entry.size, 0);
  let fetched = 0;
  let done = 0;
  progress.stage(`fetch ${repo.name}`, size);
  for (const entry of chosen) {
    throwIfInterrupted(signal);
    const remote = toRemote(repo, commit, settings, entry);
    const blob = join(root, 'blobs', remote.digest.hex);
    if (statSync(blob, { throwIfNoEntry: false })?.size !== entry.size) {
      const onBytes = (bytes: number) => progress.tick(done + bytes, { file: entry.path });
      await downloadFile(blob, remote, { ...options, token: settings.token, onBytes });
      fetched += entry.size;
    }
    linkBlob(snapshot, entry.path, blob);
    done += entry.size;
    progress.tick(done);
  }
  if (repo.revision !== commit) writeFileAtomic(join(root, 'refs', repo.revision), commit);
  progress.done();
  return {
    repo: repo.name,
    revision: repo.revision,
    commit,
    ...whatIs(snapshot, file),
    files: chosen.length,
    size,
    fetched,
  };
}

async function inspectRemote(repo: HubRepo, { endpoint, token }: HubSettings) {
  const what = `${repo.name}@${repo.revision}`;
  // The library takes tokens of huggingface.co alone; another hub at HF_ENDPOINT has its own.
  const withToken: typeof fetch = (url, init) =>
    fetch(url, { ...init, headers: { ...init?.headers, ...(token && { Authorization: `Bearer ${token}` }) } });
  const access = { hubUrl: endpoint, fetch: withToken };
  try {
    const { sha } = await modelInfo({ ...access, name: repo.name, revision: repo.revision, additionalFields: ['sha'] });
    if (!/^[0-9a-f]{40}$/.test(sha)) throw new Error(`expected a commit, got ${JSON.stringify(sha)}`);
    const entries: ListFileEntry[] = [];
    for await (const entry of listFiles({ ...access, repo: repo.name, revision: sha, recursive: true }))
      if (entry.type === 'file') entries.push(checkEntry(entry));
    return { commit: sha, entries };
  } catch (error) {
    throw toHubError(what, endpoint, error);
  }
}

/** A path comes from whoever made the repository, and becomes one below the cache. */
function checkEntry(entry: ListFileEntry): ListFileEntry {
  const parts = entry.path.split('/');
  if (!entry.path.includes('\\') && parts.every((part) => part !== '' && part !== '.' && part !== '..')) return entry;
  throw new Error(`the path ${JSON.stringify(entry.path)} would leave the cache`);
}

function toRemote(repo: HubRepo, commit: string, { endpoint }: HubSettings, entry: ListFileEntry): RemoteFile {
  const { path, size, lfs, oid } = entry;
  const hex = lfs?.oid ?? oid ?? '';
  if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(hex))
    throw new CollimateError('HUB', `${path}: expected a checksum, got ${JSON.stringify(hex)}`, 'Try again later.');
  const url = `${endpoint}/${repo.name}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`;
  return { path: `${repo.name}/${path}`, url, size, digest: { kind: lfs ? 'sha256' : 'git', hex } };
}

function describeCached(repo: HubRepo, { settings, file }: PullOptions): PullSummary {
  const snapshot = findSnapshot(settings.cacheDir, repo);
  const found = snapshot && whatIs(snapshot, file);
  if (!found || !existsSync(found.path))
    throw new CollimateError(
      'HUB',
      `${repo.name}@${repo.revision}: expected it in ${settings.cacheDir}, got nothing, and HF_HUB_OFFLINE forbids to ask`,
      'Unset HF_HUB_OFFLINE, or set HF_HOME to the cache that has it.',
    );
  const commit = snapshot.split(/[\\/]/).at(-1)!;
  return { repo: repo.name, revision: repo.revision, commit, ...found, files: 0, size: 0, fetched: 0 };
}

function whatIs(snapshot: string, file: string | undefined): Pick<PullSummary, 'path' | 'kind'> {
  if (file !== undefined) return { path: join(snapshot, file), kind: 'file' };
  return { path: snapshot, kind: existsSync(join(snapshot, 'model_index.json')) ? 'pipeline' : 'clip' };
}
