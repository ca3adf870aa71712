// A studio over a small project for tests: a real server on a port of its own, and people who are signed in.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { GUIDELINE } from '../../method/feedback/guideline.ts';
import { encodePng } from '../../pictures/image.ts';
import { insertImages } from '../../project/images/images.ts';
import { putModel } from '../../project/images/models.ts';
import { insertPrompts, promptId } from '../../project/images/prompts.ts';
import { createProject, type Project } from '../../project/project.ts';
import { addGuideline } from '../../project/rating/guidelines.ts';
import { BASE_HASH, makeTemporaryDir } from '../../project/testing.ts';
import { ApiError, type Call, createClient } from '../contract/client.ts';
import type { Role } from '../contract/shared.ts';
import { type RunningStudio, type ServeOptions, serveStudio } from './serve.ts';

export const STUDIO_PROMPTS = ['two green dogs in a city', 'a red cat', 'three fish'];
const PASSWORD = 'correct horse battery';

export interface TestStudio {
  project: Project;
  running: RunningStudio;
  url: string;
  /** What the server wrote to its log. */
  logged: string[];
  /** The owner, who has set the studio up. */
  owner: TestPerson;
  /** Makes an account by an invitation. */
  invite(role: Exclude<Role, 'owner'>, name?: string): Promise<TestPerson>;
}

export interface TestPerson {
  id: string;
  call: Call;
  cookie: string;
  /** A request with the person's cookie and the studio's origin. */
  request(path: string, init?: RequestInit): Promise<Response>;
}

/** A project with `count` pictures under three prompts, drawn for feedback. */
export async function makeStudioProject(dir: string, count: number, patch: object): Promise<Project> {
  const project = await createProject(join(dir, 'project'), { prompts: { combination: 3 }, ...patch });
  const { db, images: blobs } = project;
  await addGuideline(db, GUIDELINE);
  await putModel(db, { hash: BASE_HASH, kind: 'base', path: 'base' });
  await insertPrompts(
    db,
    STUDIO_PROMPTS.map((text, i) => ({
      text,
      category: ['combination', 'color', 'count'][i]!,
      slots: [
        { count: 2, color: 'green', subject: 'dog', background: 'city' },
        { count: 1, color: 'red', subject: 'cat' },
        { count: 3, subject: 'fish' },
      ][i]!,
      split: 'seen' as const,
    })),
  );
  const rows = Array.from({ length: count }, async (_, i) => {
    const rgb = new Uint8Array(8 * 8 * 3).fill(i);
    return {
      promptId: promptId(STUDIO_PROMPTS[i % STUDIO_PROMPTS.length]!),
      seed: i,
      sampler: 'ddim',
      steps: 5,
      guidanceScale: 3,
      modelHash: BASE_HASH,
      purpose: 'feedback' as const,
      hash: await blobs.putBlob(await encodePng(rgb, 8, 8)),
    };
  });
  await insertImages(db, await Promise.all(rows));
  return project;
}

interface TestStudioOptions {
  images?: number;
  /** Goes into the project's configuration. */
  patch?: object;
  /** How it is served, where not as usual. */
  serve?: Partial<ServeOptions>;
}

/** Serves such a project and sets it up; all of it ends with the test. */
export async function openTestStudio(
  t: TestContext,
  { images = 12, patch = {}, serve = {} }: TestStudioOptions = {},
): Promise<TestStudio> {
  return openStudioOf(t, await makeStudioProject(makeTemporaryDir(t), images, patch), serve);
}

/** Serves `project` and sets it up; studio and project are closed when the test ends. */
export async function openStudioOf(
  t: TestContext,
  project: Project,
  options: Partial<ServeOptions> = {},
): Promise<TestStudio> {
  const logged: string[] = [];
  const running = await serveStudio({
    project,
    flags: [],
    host: '127.0.0.1',
    port: 0,
    webDir: join(project.dir, 'no-web-app'),
    env: {},
    log: (line) => logged.push(line),
    ...options,
  });
  t.after(async () => {
    await running.close();
    await project.close();
  });
  // What people type may be a proxy's address, which is not there.
  const url = `http://127.0.0.1:${running.port}`;
  const owner = await enter(url, '/api/setup', { token: running.setUpToken, ...account('Olga') });
  return {
    project,
    running,
    url,
    logged,
    owner,
    async invite(role, name = role) {
      const { token } = await owner.call('createInvite', { body: { role } });
      return enter(url, `/api/invitations/${token}/accept`, account(name));
    },
  };
}

/** What a new account is made of. */
export function account(name: string) {
  return { name, email: `${name.toLowerCase()}@example.org`, password: PASSWORD };
}

/** Sends what signs in, and keeps the cookie. */
export async function enter(url: string, path: string, body: object): Promise<TestPerson> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 200, await response.clone().text());
  const { user } = (await response.json()) as { user: { id: string } };
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const send = (target: string, init: RequestInit = {}) =>
    fetch(target, { ...init, headers: { ...(init.headers as Record<string, string>), cookie, origin: url } });
  return {
    id: user.id,
    cookie,
    call: createClient({ base: url, fetch: (target, init) => send(String(target), init) }),
    request: (target, init) => send(url + target, init),
  };
}

/** Asserts that a call is refused with this status and returns the error, which says something. */
export async function refused(work: Promise<unknown>, status: number): Promise<ApiError> {
  const error = await work.then(
    () => assert.fail(`expected ${status}, and it was done`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ApiError, String(error));
  assert.equal(error.status, status, error.message);
  assert.ok(error.message.length > 8 && error.hint.length > 8, `${error.message} / ${error.hint}`);
  return error;
}
