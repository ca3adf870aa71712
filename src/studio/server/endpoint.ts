// An endpoint: the name of an operation of the contract, and the function behind it.

import type { Context } from 'hono';
import type { z } from 'zod';
import type { Output } from '../contract/client.ts';
import type { Operations } from '../contract/operations.ts';
import type { OperationName } from '../contract/routes.ts';
import type { Caller } from './caller.ts';
import type { Studio } from './studio.ts';

type Given<Name extends OperationName, Key extends string> = Operations[Name] extends {
  readonly [K in Key]: infer Schema extends z.ZodType;
}
  ? z.output<Schema>
  : undefined;

/** A request that has been checked. */
export interface Request<Name extends OperationName> {
  readonly studio: Studio;
  /** Null for a stranger, who only comes where the contract says `public`. */
  readonly caller: Operations[Name]['access'] extends 'public' ? Caller | null : Caller;
  readonly params: Given<Name, 'params'>;
  readonly query: Given<Name, 'query'>;
  readonly body: Given<Name, 'body'>;
  readonly context: Context;
}

/** What answers a request: the value that the contract describes, or for files and streams the response itself. */
export type Handler<Name extends OperationName> = (
  request: Request<Name>,
) => Promise<Operations[Name] extends { readonly media: string } ? Response : Output<Name>>;

export type Endpoints = { readonly [Name in OperationName]: Handler<Name> };
