// Every endpoint against what does not fit: strangers, other roles, wrong types, what belongs to others, what is over.
// Each gets a 4xx with words that help, and nothing is changed.

import assert from 'node:assert/strict';
import { before, type TestContext } from 'node:test';
import { listTables, testProjects } from '../../project/testing.ts';
import type { Access, Operation } from '../contract/operation.ts';
import { OPERATIONS } from '../contract/operations.ts';
import { type OperationName, ROUTES } from '../contract/routes.ts';
import type { Failure } from '../contract/shared.ts';
import { openTestStudio, type TestPerson, type TestStudio } from './testing.ts';

const NAMES = Object.keys(ROUTES) as OperationName[];
const OTHER_ROLE: Readonly<Partial<Record<Access, 'rater' | 'viewer' | 'admin'>>> = {
  rater: 'viewer',
  viewer: 'rater',
  admin: 'viewer',
  owner: 'admin',
};

interface Bad {
  as?: 'owner' | 'rater' | 'viewer' | 'admin';
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
  status: number;
}

const gone = { id: 'nobody-has-this' };
const account = { name: 'Eve', email: 'eve@example.org', password: 'long enough 1' };
const CLIENT = 'client-0001';

/** What fits the schema and is wrong all the same, or is wrong in a way of its own; by operation, so that none is left out. */
const CASES: Readonly<Record<OperationName, readonly Bad[]>> = {
  getHealth: [],
  getSession: [],
  setUp: [
    { body: { token: 'wrong', ...account }, status: 403 },
    { body: { token: 'x', ...account, password: 'short' }, status: 400 },
    { body: { token: 'x', ...account, email: 'no address' }, status: 400 },
  ],
  signIn: [{ body: { email: 'olga@example.org', password: 'wrong' }, status: 401 }],
  signOut: [],
  changePassword: [{ body: { current: 'wrong', password: 'long enough 2' }, status: 401 }],
  getInvite: [{ params: { token: 'x'.repeat(32) }, status: 404 }],
  acceptInvite: [
    { params: { token: 'x'.repeat(32) }, body: account, status: 404 },
    { params: { token: '../../etc/passwd-of-this-machine' }, body: account, status: 404 },
  ],
  getReset: [{ params: { token: 'x'.repeat(32) }, status: 404 }],
  useReset: [
    { params: { token: 'x'.repeat(32) }, body: { password: 'long enough 3' }, status: 404 },
    { params: { token: 'x'.repeat(32) }, body: { password: 'short' }, status: 400 },
  ],
  listPeople: [],
  updatePerson: [
    { params: gone, body: { role: 'admin' }, status: 404 },
    { params: gone, body: { role: 'owner' }, status: 400 },
  ],
  createReset: [{ params: gone, status: 404 }],
  listInvites: [],
  createInvite: [
    { body: { role: 'owner' }, status: 400 },
    { body: { role: 'rater', uses: 0 }, status: 400 },
    { body: { role: 'rater', expiresInHours: 1e9 }, status: 400 },
  ],
  revokeInvite: [{ params: gone, status: 404 }],
  listTokens: [],
  createToken: [
    { body: { name: ' ', role: 'viewer' }, status: 400 },
    { body: { name: 'x', role: 'owner' }, status: 400 },
  ],
  revokeToken: [{ params: gone, status: 404 }],
  listAudit: [{ query: { limit: '100000' }, status: 400 }],
  nextItems: [
    { body: { count: 1000 }, status: 400 },
    { body: { mode: 'all' }, status: 400 },
  ],
  submitAnswers: [
    { body: { answers: [] }, status: 400 },
    { body: { answers: [{ clientId: '<script>', leaseId: 'x', answer: 'good', milliseconds: 1 }] }, status: 400 },
    { body: { answers: [{ clientId: CLIENT, leaseId: 'x', answer: 'great', milliseconds: 1 }] }, status: 400 },
    { body: { answers: [{ clientId: CLIENT, leaseId: 'x', answer: 'good', milliseconds: -1 }] }, status: 400 },
    {
      body: { answers: [{ clientId: CLIENT, leaseId: 'x', answer: 'bad', milliseconds: 1, scales: { alignment: 4 } }] },
      status: 400,
    },
  ],
  nextSheets: [{ body: { count: 0 }, status: 400 }],
  chooseBest: [
    { body: { clientId: CLIENT, images: ['a', 'b'], best: 'a', milliseconds: 1 }, status: 400 },
    { body: { clientId: CLIENT, images: ['a'], best: 'a', milliseconds: 1 }, status: 400 },
  ],
  undoChoice: [{ body: { clientId: CLIENT }, status: 404 }],
  undoAnswer: [{ body: { clientId: 'a b' }, status: 400 }],
  releaseItems: [{ body: { leases: 'all' }, status: 400 }],
  listCrowdLinks: [],
  createCrowdLink: [{ body: { platform: 'nowhere' }, status: 400 }],
  closeCrowdLink: [{ params: gone, status: 404 }],
  exportCrowd: [],
  getCrowdLink: [{ params: { token: 'a'.repeat(32) }, status: 404 }],
  enterCrowd: [{ params: { token: 'a'.repeat(32) }, body: { participant: 'p', consent: true }, status: 404 }],
  readNotice: [{ params: gone, status: 404 }],
  flagImage: [
    { body: { imageId: 'nobody-has-this', kind: 'broken' }, status: 404 },
    { body: { imageId: 'x', kind: 'ugly' }, status: 400 },
  ],
  listFlags: [],
  resolveFlag: [
    { params: gone, status: 404 },
    { params: gone, query: { resolution: 'maybe' }, status: 400 },
  ],
  listGold: [],
  setGold: [
    { params: gone, body: { answer: 'good' }, status: 404 },
    { params: gone, body: { answer: 'great' }, status: 400 },
  ],
  getOwnAnswers: [],
  withdrawFlag: [{ params: gone, status: 404 }],
  listBatches: [],
  createBatch: [{ body: { name: '', size: 1 }, status: 400 }],
  setBatchClosed: [{ params: gone, body: { closed: true }, status: 404 }],
  getOnboarding: [],
  answerTest: [{ body: { imageId: 'nobody-has-this', answer: 'good' }, status: 400 }],
  listDisputes: [{ query: { limit: '0' }, status: 400 }],
  decideImage: [{ params: gone, body: { answer: 'good' }, status: 404 }],
  getRatingProgress: [],
  getGuidelines: [],
  listGuidelines: [],
  putGuidelines: [
    { body: { text: '  ' }, status: 400 },
    { body: { text: 'x'.repeat(60_000) }, status: 400 },
    { body: { text: 'nul \0 inside' }, status: 400 },
    { body: { text: 'half \ud83d emoji' }, status: 400 },
  ],
  listStudies: [],
  createStudy: [
    { body: { name: '../up' }, status: 400 },
    { body: { name: 'one', compare: 'tuned' }, status: 400 },
  ],
  nextPairs: [{ params: gone, body: {}, status: 404 }],
  answerPair: [
    {
      params: gone,
      body: { clientId: CLIENT, pairId: 'p', answers: { alignment: 'left' }, milliseconds: 1 },
      status: 404,
    },
    { params: gone, body: { clientId: CLIENT, pairId: 'p', answers: { taste: 'left' }, milliseconds: 1 }, status: 400 },
  ],
  flagPair: [
    { params: gone, body: { pairId: 'p', side: 'left', kind: 'broken' }, status: 404 },
    { params: gone, body: { pairId: 'p', side: 'top', kind: 'broken' }, status: 400 },
  ],
  undoPair: [{ params: gone, body: { pairId: 'p' }, status: 404 }],
  closeStudy: [{ params: gone, status: 404 }],
  getStudyResults: [{ params: gone, status: 404 }],
  getOverview: [],
  listPrompts: [
    { query: { cursor: 'nonsense' }, status: 400 },
    { query: { split: 'half' }, status: 400 },
  ],
  getPromptSettings: [],
  previewPrompts: [
    { body: { count: -1, color: 0, background: 0, combination: 0, unseenPerCategory: 0 }, status: 400 },
    { body: { count: 1.5, color: 0, background: 0, combination: 0, unseenPerCategory: 0 }, status: 400 },
  ],
  putPromptSettings: [
    { body: { count: 99_999_999, color: 0, background: 0, combination: 0, unseenPerCategory: 0 }, status: 400 },
  ],
  importPrompts: [
    { body: { format: 'xml', content: '<a/>' }, status: 400 },
    { body: { format: 'csv', content: 'a,b\n1,2' }, status: 400 },
  ],
  removePrompt: [{ params: gone, body: {}, status: 404 }],
  listImages: [
    { query: { cursor: Buffer.from('{"a":1}').toString('base64url') }, status: 400 },
    { query: { model: "' or 1=1 --" }, status: 400 },
    { query: { minReward: 'high' }, status: 400 },
    { query: { category: '\0' }, status: 400 },
  ],
  getImageFilters: [],
  getImage: [
    { params: gone, status: 404 },
    { params: { id: '../../collimate.db' }, status: 400 },
  ],
  getImageFile: [
    { params: { hash: 'f'.repeat(64) }, status: 404 },
    { params: { hash: '../collimate.db' }, status: 400 },
    { params: { hash: 'f'.repeat(64) }, query: { width: '99999' }, status: 400 },
  ],
  uploadImages: [],
  removeImage: [{ params: gone, body: {}, status: 404 }],
  getQuality: [],
  setRaterExcluded: [{ params: gone, body: { excluded: true }, status: 404 }],
  pauseRater: [{ params: gone, body: {}, status: 404 }],
  closeNotice: [{ params: gone, status: 404 }],
  planRating: [{ body: { width: 0 }, status: 400 }],
  getReward: [],
  listTuningRuns: [],
  getTuning: [{ query: { run: 'nobody-has-this' }, status: 404 }],
  getEvaluation: [],
  listJobs: [{ query: { limit: 'many' }, status: 400 }],
  startJob: [
    { body: { kind: 'rm -rf' }, status: 400 },
    { body: { kind: 'tune', options: { maxTrainSteps: 'many' } }, status: 400 },
    { body: { kind: 'tune', options: { __proto__x: 1 } }, status: 400 },
    { body: { kind: 'generate', options: { 'seed --project /': 1 } }, status: 400 },
  ],
  watchJobs: [],
  getJob: [{ params: gone, status: 404 }],
  cancelJob: [{ params: gone, status: 404 }],
  getWork: [],
  retryWork: [
    { body: { ids: ['nobody-has-this'] }, status: 400 },
    { body: {}, status: 400 },
  ],
  dropWork: [
    { body: { ids: [] }, status: 400 },
    { body: {}, status: 400 },
    { body: { all: false }, status: 400 },
  ],
  getSettings: [],
  patchSettings: [
    { body: { changes: { 'tune.beta': 'much' } }, status: 400 },
    { body: { changes: { 'tune.nothing': 1 } }, status: 400 },
    { body: { changes: { '__proto__.x': 1 } }, status: 400 },
    { body: { changes: { database: 'postgres://elsewhere/empty' } }, status: 400 },
  ],
  listFormats: [],
  exportData: [
    { params: { format: 'nothing' }, status: 404 },
    { params: { format: '../x' }, status: 400 },
  ],
  exportBeside: [
    { params: { format: 'nothing' }, status: 404 },
    { params: { format: 'csv' }, status: 404 },
    { params: { format: '../x' }, status: 400 },
  ],
  importData: [],
};

/** Everything stored but who is signed in, and the record of those who failed to. */
async function snapshot({ project: { db } }: TestStudio): Promise<string> {
  const tables = (await listTables(db)).filter((name) => !name.includes('session')).toSorted();
  const rows = await Promise.all(
    tables.map((name) =>
      db
        .selectFrom(name as 'images')
        .selectAll()
        .execute(),
    ),
  );
  const isOther = (row: object) => !('action' in row && row.action === 'session.failure');
  return JSON.stringify(Object.fromEntries(tables.map((name, i) => [name, rows[i]!.filter(isOther)])));
}

function addressOf(name: OperationName, { params = {}, query = {} }: Pick<Bad, 'params' | 'query'>): string {
  const path = ROUTES[name][1].replace(/\{(\w+)\}/g, (_, key: string) =>
    encodeURIComponent(params[key] ?? 'a'.repeat(64)),
  );
  const search = new URLSearchParams(query).toString();
  return search ? `${path}?${search}` : path;
}

async function send(
  url: string,
  who: TestPerson | undefined,
  name: OperationName,
  bad: Omit<Bad, 'status'>,
): Promise<Response> {
  const [method] = ROUTES[name];
  const init: RequestInit = { method: method.toUpperCase() };
  if (bad.body !== undefined) {
    init.headers = { 'content-type': 'application/json' };
    init.body = typeof bad.body === 'string' ? bad.body : JSON.stringify(bad.body);
  }
  if (who) return who.request(addressOf(name, bad), init);
  return fetch(url + addressOf(name, bad), { ...init, headers: { ...(init.headers as object), origin: url } });
}

async function assertRefused(response: Response, status: number, what: string): Promise<void> {
  const text = await response.text();
  assert.equal(response.status, status, `${what}: ${text}`);
  const { error } = JSON.parse(text) as Failure;
  assert.ok(error.code && error.message.length > 8 && error.hint.length > 8, `${what}: ${text}`);
}

let people: Record<'owner' | 'admin' | 'rater' | 'viewer', TestPerson>;

async function openWithPeople(t: TestContext, patch: object): Promise<TestStudio> {
  const studio = await openTestStudio(t, { patch, images: 3 });
  const [admin, rater, viewer] = [
    await studio.invite('admin'),
    await studio.invite('rater'),
    await studio.invite('viewer'),
  ];
  people = { owner: studio.owner, admin, rater, viewer };
  return studio;
}

before(() => assert.equal(NAMES.length, Object.keys(CASES).length));

testProjects('strangers, other roles, wrong types and other sites are refused by every endpoint', async (t, patch) => {
  const studio = await openWithPeople(t, patch);
  const stored = await snapshot(studio);
  for (const name of NAMES) {
    const { access, body, multipart }: Operation = OPERATIONS[name];
    if (access !== 'public')
      await assertRefused(await send(studio.url, undefined, name, {}), 401, `${name}, a stranger`);
    const other = OTHER_ROLE[access];
    if (other) await assertRefused(await send(studio.url, people[other], name, {}), 403, `${name}, a ${other}`);
    if (body && !multipart)
      for (const wrong of ['{"half":', [], 42, { unknownKey: 1 }, null])
        await assertRefused(
          await send(studio.url, people.owner, name, { body: wrong }),
          400,
          `${name} with ${JSON.stringify(wrong)}`,
        );
    if (ROUTES[name][0] === 'get') continue;
    const foreign = await fetch(studio.url + addressOf(name, {}), {
      method: ROUTES[name][0].toUpperCase(),
      headers: { cookie: people.owner.cookie, origin: 'https://evil.example' },
    });
    await assertRefused(foreign, 403, `${name} from another site`);
  }
  assert.equal(await snapshot(studio), stored);
  assert.deepEqual(studio.logged, []);
});

testProjects('what each endpoint refuses in its own way changes nothing', async (t, patch) => {
  const studio = await openWithPeople(t, patch);
  const stored = await snapshot(studio);
  for (const name of NAMES)
    for (const { status, as = 'owner', ...bad } of CASES[name])
      await assertRefused(
        await send(studio.url, people[as], name, bad),
        status,
        `${name} ${JSON.stringify(bad).slice(0, 200)}`,
      );
  assert.equal(await snapshot(studio), stored);
  assert.deepEqual(studio.logged, []);
});

testProjects('a body that is too large is refused before it is read', async (t, patch) => {
  const studio = await openWithPeople(t, patch);
  const response = await send(studio.url, people.owner, 'putGuidelines', { body: { text: 'x'.repeat(7_000_000) } });
  await assertRefused(response, 413, 'seven megabytes');
});
