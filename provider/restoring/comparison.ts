/** Rows of tables on two branches, side by side. */

/** A table's name within its branch, and how many rows it has. */
export interface TableRows {
  readonly database: string;
  readonly schema: string;
  readonly table: string;
  readonly rows: number;
}

export interface TableComparison {
  /** Name of the database in Postgres. */
  readonly database: string;
  readonly schema: string;
  readonly table: string;
  /** Rows on the restored branch. Absent: the table is not there. */
  readonly rows?: number;
  /** Rows on the source, as it was when that was counted. Absent: the table is not there. */
  readonly sourceRows?: number;
  /** How many rows the restored branch has more than its source, below 0 for fewer. Absent where one has no such table. */
  readonly difference?: number;
}

/** One row for each table that one of them has, in the order of their names. */
export function compared(restored: readonly TableRows[], source: readonly TableRows[]): readonly TableComparison[] {
  const here = byName(restored);
  const there = byName(source);
  const keys = [...new Set([...here.keys(), ...there.keys()])].sort();
  return keys.flatMap((key) => {
    const [one, other] = [here.get(key), there.get(key)];
    const named = one ?? other;
    if (named === undefined) return [];
    const { database, schema, table } = named;
    return {
      database,
      schema,
      table,
      ...(one && { rows: one.rows }),
      ...(other && { sourceRows: other.rows }),
      ...(one && other && { difference: one.rows - other.rows }),
    };
  });
}

/** Names in Postgres hold any character but this one. */
const between = "\0";

function byName(tables: readonly TableRows[]): ReadonlyMap<string, TableRows> {
  return new Map(tables.map((one) => [[one.database, one.schema, one.table].join(between), one]));
}
