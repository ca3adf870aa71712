// Statements that are asked for often, whose SQL is made once: to build and compile one takes longer than to run it.

import { type Compilable, CompiledQuery } from 'kysely';
import { type Database, databaseKind } from './database.ts';

type Scalar = string | number | null;

/** What a statement is given: values, and lists for `in`. */
export type StatementValue = Scalar | readonly string[];

interface Prepared {
  readonly sql: string;
  /** What each parameter is: a place among the values, or a constant of the statement. */
  readonly parameters: readonly (Place | { readonly constant: unknown })[];
}

interface Place {
  readonly value: number;
  /** Within a list. */
  readonly item?: number;
}

/** Most shapes that one statement keeps; lists are padded, so that there are few. */
const MOST_SHAPES = 100;

/**
 * A statement as a function of its values. `build` makes it once for each length of the lists, with other values in their
 * places, so it decides nothing by them; lists stand after `in` alone, since the last item of one may be repeated. A list has
 * at least one item.
 *
 * @example
 * const findTitles = prepareStatement((db, ids: readonly string[]) =>
 *   db.selectFrom('books').select('title').where('id', 'in', ids));
 * await findTitles(db, ['a', 'b', 'c']);
 */
export function prepareStatement<Values extends readonly StatementValue[], Row>(
  build: (db: Database, ...values: Values) => Compilable<Row>,
): (db: Database, ...values: Values) => Promise<Row[]> {
  const known = new Map<string, Prepared>();
  return async (db, ...given) => {
    const values = given.map((value) => (isList(value) ? pad(value) : value));
    const shape = [databaseKind(db), ...values.map((value) => (isList(value) ? value.length : ''))].join(' ');
    let prepared = known.get(shape);
    if (!prepared) {
      prepared = prepare((...marks) => build(db, ...(marks as unknown as Values)), values);
      if (known.size >= MOST_SHAPES) known.delete(known.keys().next().value!);
      known.set(shape, prepared);
    }
    const parameters = prepared.parameters.map((part) => ('constant' in part ? part.constant : read(values, part)));
    return (await db.executeQuery(CompiledQuery.raw(prepared.sql, parameters) as CompiledQuery<Row>)).rows;
  };
}

const isList = (value: StatementValue): value is readonly string[] => Array.isArray(value);

/** To a power of two: `in` asks for the same, and few lengths are left. */
function pad(list: readonly string[]): readonly string[] {
  const length = 2 ** Math.ceil(Math.log2(list.length));
  return [...list, ...Array.from({ length: length - list.length }, () => list.at(-1)!)];
}

function read(values: readonly StatementValue[], { value, item }: Place): unknown {
  const own = values[value]!;
  return item === undefined ? own : (own as readonly string[])[item];
}

/** The statement with marks in place of values, which tell where each one goes. */
function prepare(
  build: (...marks: StatementValue[]) => Compilable<unknown>,
  values: readonly StatementValue[],
): Prepared {
  const places = new Map<unknown, Place>();
  const mark = (place: Place) => {
    const name = `\u0001${place.value}.${place.item ?? ''}`;
    places.set(name, place);
    return name;
  };
  const marks = values.map((own, value) =>
    isList(own) ? own.map((_, item) => mark({ value, item })) : mark({ value }),
  );
  const { sql, parameters } = build(...marks).compile();
  return { sql, parameters: parameters.map((constant) => places.get(constant) ?? { constant }) };
}
