import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPERATIONS } from '../contract/operations.ts';
import { ROUTES } from '../contract/routes.ts';
import { openTestStudio } from './testing.ts';

interface Page {
  openapi: string;
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;
  components: { schemas?: Record<string, unknown> };
}

test('the page describes every route, and every route that it describes is there', async (t) => {
  const { url, owner } = await openTestStudio(t);
  const page = (await (await fetch(`${url}/api/openapi.json`)).json()) as Page;
  assert.equal(page.openapi, '3.1.0');
  const described = Object.entries(page.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => `${operationId} ${method} ${path}`),
  );
  const served = Object.entries(ROUTES).map(([name, [method, path]]) => `${name} ${method} ${path}`);
  assert.deepEqual(described.sort(), served.sort());
  assert.deepEqual(Object.keys(OPERATIONS).sort(), Object.keys(ROUTES).sort());

  // A route that were missing would answer with the fallback's words.
  for (const [method, path] of Object.values(ROUTES)) {
    if (path.endsWith('/events')) continue;
    const target = path.replace(/\{\w+\}/g, 'a'.repeat(64));
    const response = await owner.request(target, { method: method.toUpperCase() });
    assert.doesNotMatch(await response.text(), /there is no (GET|POST|PUT|PATCH|DELETE)/, `${method} ${path}`);
  }
  const missing = await owner.request('/api/nothing', { method: 'POST' });
  assert.equal(missing.status, 404);
});

test('every reference of the page leads somewhere', async (t) => {
  const { url } = await openTestStudio(t);
  const text = await (await fetch(`${url}/api/openapi.json`)).text();
  const page = JSON.parse(text) as Page;
  const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name!);
  assert.ok(references.length > 0);
  assert.deepEqual(
    references.filter((name) => page.components.schemas?.[name] === undefined),
    [],
  );
});
