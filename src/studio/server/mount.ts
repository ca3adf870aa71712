// The contract as routes: checks who calls and what comes, runs the endpoint, checks what goes out.

import { createRoute, type OpenAPIHono, type z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { CollimateError } from '../../util/errors.ts';
import { describeIssues } from '../../util/issue-words.ts';
import type { Operation } from '../contract/operation.ts';
import { OPERATIONS } from '../contract/operations.ts';
import { type OperationName, ROUTES } from '../contract/routes.ts';
import { failure } from '../contract/shared.ts';
import { readCaller, requireAccess } from './caller.ts';
import type { Endpoints, Request } from './endpoint.ts';
import { toResponseSchema } from './response-schema.ts';
import { refuseUnstorable } from './stored-text.ts';
import type { Studio } from './studio.ts';

type AnyHandler = (request: Request<OperationName>) => Promise<unknown>;

/** What somebody who only looks needs to send; it changes the studio's own copy of an archive at most. */
const LOOKING: ReadonlySet<OperationName> = new Set([
  'setUp',
  'signIn',
  'signOut',
  'previewPrompts',
  'planRating',
] satisfies OperationName[]);

function onlyShown(dir: string): CollimateError {
  return new CollimateError(
    'FORBIDDEN',
    `the folder of this project (${dir}) can only be read, so this was not stored`,
    'Copy the folder to a place that can be written, and serve it from there.',
  );
}

/** Adds every operation of the contract to `app`. */
export function mountOperations(app: OpenAPIHono, studio: Studio, endpoints: Endpoints): void {
  for (const name of Object.keys(ROUTES) as OperationName[]) {
    mount(app, studio, name, endpoints[name] as unknown as AnyHandler);
  }
}

function mount(app: OpenAPIHono, studio: Studio, name: OperationName, handle: AnyHandler): void {
  const operation: Operation = OPERATIONS[name];
  const writes = ROUTES[name][0] !== 'get' && !LOOKING.has(name);
  // Who calls is asked before what comes is read.
  const guard = async (context: Context, next: () => Promise<void>) => {
    const caller = await readCaller(studio, context);
    context.set('caller', requireAccess(caller, operation.access));
    if (writes && studio.project.readOnly) throw onlyShown(studio.project.dir);
    await next();
  };
  const route = createRoute({ ...describe(app, name, operation), middleware: guard });
  app.openapi(route, (async (context: Context) => {
    const valid = (target: string) => context.req.valid(target as never);
    const given = {
      params: operation.params && valid('param'),
      query: operation.query && valid('query'),
      body: operation.body && valid(operation.multipart ? 'form' : 'json'),
    };
    for (const part of Object.values(given)) refuseUnstorable(part);
    const result = await handle({ studio, caller: context.get('caller'), ...given, context } as never);
    return operation.response ? context.json(operation.response.parse(result) as object) : (result as Response);
  }) as never);
}

/** An operation as OpenAPI has it. */
function describe(
  app: OpenAPIHono,
  name: OperationName,
  { access, summary, tag, params, query, body, multipart, response, media }: Operation,
) {
  const [method, path] = ROUTES[name];
  const content = {
    [media ?? 'application/json']: {
      schema: response ? toResponseSchema(app, name, response) : { type: 'string' as const, format: 'binary' },
    },
  };
  return {
    method,
    path,
    operationId: name,
    summary,
    description: access === 'public' ? 'Open to everyone.' : `For: ${access}.`,
    tags: [tag],
    security: access === 'public' ? [] : [{ cookie: [] }, { token: [] }],
    request: {
      ...(params && { params }),
      ...(query && { query }),
      ...(body && {
        body: {
          required: true,
          content: { [multipart ? 'multipart/form-data' : 'application/json']: { schema: body } },
        },
      }),
    },
    responses: {
      200: { description: 'Done', content: content as never },
      default: { description: 'Refused or failed', content: { 'application/json': { schema: failure } } },
    },
  };
}

/** What the schemas refuse, in words. @throws CollimateError USAGE */
export function refuseInvalid(result: { success: boolean; error?: unknown; target?: string }): void {
  if (result.success) return;
  const text = describeIssues((result.error as z.ZodError).issues);
  throw new CollimateError('USAGE', `the request does not fit: ${text}`, 'See /api/openapi.json for what it takes.');
}
