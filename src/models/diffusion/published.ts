// Fields of a scheduler_config.json that one part of the code reads: the noise schedule its own, each sampler its own. So
// what a sampler has no use for stands in nobody's way, and what it cannot follow is refused by name.

import { z } from 'zod';
import { CollimateError } from '../../util/errors.ts';
import { inWords } from '../../util/issue-words.ts';

/** The fields as they were published, and where. */
export interface Published {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Stands in messages, such as the file's path. */
  readonly where: string;
}

/** A feature that is not built: left out, or off. */
export const notBuilt = z.literal(false, { error: 'is not built here, expected false' }).nullish();

/** A field that may be left out or null, which means the default. */
export function field<T extends z.ZodType>(schema: T, otherwise: z.output<T>) {
  return schema.nullish().transform((value): z.output<T> => value ?? otherwise);
}

/**
 * The fields that `schema` knows.
 *
 * @param who is it that reads them, such as `sampler euler`
 * @throws CollimateError MODEL_CONFIG naming the first that is out of range or cannot be followed.
 */
export function readPublished<T extends z.ZodType>(
  schema: T,
  { fields, where }: Published,
  who: string,
  hint: string,
): z.output<T> {
  const result = schema.safeParse(fields);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const path = issue.path.join('.') || 'the file';
  const value = issue.path.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown>)?.[key], fields);
  const shown = value === undefined ? 'nothing' : JSON.stringify(value)?.slice(0, 60);
  throw new CollimateError(
    'MODEL_CONFIG',
    `${who} ${where}: ${path}: ${inWords(issue.message).replace(/, got .*/s, '')}, got ${shown}`,
    hint,
  );
}

/** `readPublished` for a sampler; another sampler may do without the field. */
export function readForSampler<T extends z.ZodType>(schema: T, published: Published, sampler: string): z.output<T> {
  const hint = `${sampler} cannot follow this. Choose another sampler (generate.sampler), or change the field where it is wrong.`;
  return readPublished(schema, published, `sampler ${sampler}: scheduler`, hint);
}
