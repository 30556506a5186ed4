/** What Postgres is asked when the rows of a database are counted. */
import type { ClientBase } from "pg";
import { countRows } from "../../../provider/restoring/row-counts";

/** Answers with tables that have as many rows as their number says, and keeps what it was asked. */
function fakeSession(tables: number) {
  const asked: string[] = [];
  const session = {
    escapeIdentifier: (name: string) => `"${name}"`,
    async query(sql: string) {
      asked.push(sql);
      if (sql.includes("pg_class")) {
        return { rows: Array.from({ length: tables }, (_, n) => ({ schema: "public", table: `t${n}`, whole: false })) };
      }
      // Of each select, its index and the rows of its table.
      const selects = [...sql.matchAll(/select (\d+), count\(\*\) as rows from only "public"\."t(\d+)"/g)];
      return { rows: selects.map(([, , rows]) => ({ rows })) };
    },
  };
  // No more of a session than what counting needs.
  return { session: session as unknown as ClientBase, asked };
}

test.each([
  [0, []],
  [1, [1]],
  [1000, [1000]],
  [1001, [1000, 1]],
  [10_500, [...Array<number>(10).fill(1000), 500]],
])("%d tables are counted by queries of 1,000 at most, all in one transaction", async (tables, want) => {
  const { session, asked } = fakeSession(tables);
  const { rows } = await countRows(session);
  expect(rows).toEqual(Array.from({ length: tables }, (_, n) => ({ schema: "public", table: `t${n}`, rows: n })));
  const counts = asked.flatMap((sql) => (sql.includes("count(*)") ? [sql.split("union all").length] : []));
  expect(counts).toEqual(want);
  expect(asked.filter((sql) => /^(begin|commit)/.test(sql))).toHaveLength(1);
});

test("the locks of one query are released before the next", async () => {
  const { session, asked } = fakeSession(2500);
  await countRows(session);
  const steps = asked.slice(asked.findIndex((sql) => sql.includes("pg_class")) + 1).map((sql) => sql.split(" ")[0]);
  expect(steps).toEqual(Array(3).fill(["savepoint", "select", "rollback"]).flat());
});
