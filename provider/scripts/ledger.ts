/**
 * What has run in a database, noted in the database itself: a branch that is made from this one knows it too, and so does
 * a stack whose state was lost.
 */
import type { ClientBase } from "pg";
import { fingerprint, type Script } from "./script";
import { ownSettings } from "./session";

/** The schema of the ledger, which is nobody's data. */
export const ledgerSchema = "pulumi_lakebase";

const schema = ledgerSchema;
/** Members have what Lakebase gives to those who administer a branch. */
const superuser = "databricks_superuser";
const table = `${schema}.scripts`;

/**
 * One at a time: of two runs, with ledgers of their own, that find nothing and make it, one would fail.
 *
 * Besides its owner, those note what they run who administer the branch. Nobody else may: a note keeps a script from
 * running.
 */
const made = `
  select pg_advisory_xact_lock(hashtextextended('${schema}', 0));
  create schema if not exists ${schema};
  create table if not exists ${table} (
    ledger text not null,
    name text not null,
    hash text not null,
    ran_at timestamp with time zone not null default now(),
    primary key (ledger, name)
  );
  do $$ begin
    if exists (select from pg_roles where rolname = '${superuser}') then
      grant usage on schema ${schema} to ${superuser};
      grant select, insert, update on ${table} to ${superuser};
    end if;
  end $$`;

/** Hashes of what has run, by the names of scripts. The table is made when there is none. */
export async function notedIn(session: ClientBase, ledger: string): Promise<ReadonlyMap<string, string>> {
  const found = await session.query<{ there: boolean }>(`select to_regclass('${table}') is not null as there`);
  if (found.rows[0]?.there !== true) await session.query(made);
  const asked = `select name, hash from ${table} where ledger = $1`;
  const { rows } = await session.query<{ name: string; hash: string }>(asked, [ledger]);
  return new Map(rows.map(({ name, hash }) => [name, hash]));
}

/**
 * The script, and the note of it in the same transaction, by who signed in. What the script put off to its end, such as
 * deferred constraints, is done before that, with its own role and settings. Its last line may be a comment.
 */
export function withNote(session: ClientBase, ledger: string, script: Script): string {
  return `${script.text}\n;set constraints all immediate; ${ownSettings}; ${noteIn(session, ledger, script)}`;
}

/** The statement that notes a script. */
export function noteIn(session: ClientBase, ledger: string, { name, text }: Script): string {
  const values = [ledger, name, fingerprint(text)].map((value) => session.escapeLiteral(value));
  return `insert into ${table} (ledger, name, hash) values (${values.join(", ")})
    on conflict (ledger, name) do update set hash = excluded.hash, ran_at = now()`;
}
