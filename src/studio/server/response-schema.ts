// The schema of an answer as JSON schema for the OpenAPI page. A schema that holds itself refers to the page's components.

import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';

type JsonSchema = Exclude<Parameters<OpenAPIHono['openAPIRegistry']['registerComponent']>[2], boolean>;

/** @param name of the operation, which makes the names of components unlike others */
export function toResponseSchema(app: OpenAPIHono, name: string, schema: z.ZodType): JsonSchema {
  const { $schema: _version, ...json } = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'output' });
  const text = JSON.stringify(json).replaceAll('"#/$defs/', `"#/components/schemas/${name}.`);
  const { $defs = {}, ...root } = JSON.parse(text) as { $defs?: Record<string, JsonSchema> };
  for (const [key, part] of Object.entries($defs))
    app.openAPIRegistry.registerComponent('schemas', `${name}.${key}`, part as never);
  return root as JsonSchema;
}
