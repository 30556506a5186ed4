import { type Command, InvalidArgumentError, Option } from "commander";
import type { Client } from "../api/client";
import { defaultDatabase } from "../rules/limits";
import { valueAt } from "../schema/unknown";
import type { Comparison, DatabaseChanges } from "../schema-diff/comparison";
import { type Address, findBranch, findEndpoint, read, readAddress } from "./address";
import { Ending, Failure } from "./failure";
import { type SignInOptions, signedIn, withSignIn } from "./sign-in";
import type { Surroundings } from "./surroundings";

interface SchemaDiffOptions extends SignInOptions {
  readonly database?: readonly string[];
  readonly allDatabases?: true;
  readonly schema?: readonly string[];
  readonly owners?: true;
  readonly markdown?: true;
  readonly json?: true;
}

/** Without a project: that of the other side. */
type Base = Partial<Address>;

/** One side: a branch, and the endpoint of it that is asked. */
interface Side {
  readonly branch: string;
  readonly endpoint: string;
}

export function schemaDiff(program: Command, around: Surroundings): void {
  const command = program
    .command("schema-diff")
    .argument("<BRANCH>", "PROJECT/BRANCH, or its full name", readBranch)
    .argument(
      "[BASE]",
      "a branch of the same project, or PROJECT/BRANCH (default: what BRANCH was made from)",
      readBase,
    )
    .option("--database <name>", `name in Postgres; may be repeated (default: ${defaultDatabase})`, collect)
    .addOption(new Option("--all-databases", "all that either side has").conflicts("database"))
    .option("--schema <name>", "only what is in this schema; may be repeated", collect)
    .option("--owners", "also who owns what, which is mostly who ran the migration")
    .option("--markdown", "for a comment on a pull request")
    .addOption(new Option("--json", "an object for programs").conflicts("markdown"));
  withSignIn(command)
    .usage("[options] BRANCH [BASE]")
    .summary("show what differs between the schemas of two branches")
    .description(
      "Shows what BRANCH has and BASE has not, the other way round, and what is otherwise: schemas, extensions, types, " +
        "sequences, tables with their columns, constraints, indexes, triggers and policies, partitions, views, functions, " +
        "grants and comments. It reads Postgres's catalogs and no rows, each side as of one moment, and needs no right on " +
        "any table.",
    )
    .addHelpText(
      "after",
      `
Examples:
  pulumi-lakebase schema-diff shop/dev
  pulumi-lakebase schema-diff shop/dev staging --schema public
  pulumi-lakebase schema-diff shop/preview-pr-7 --markdown > comment.md

The status is that of diff: 0 where nothing differs, 1 where something does, 2 in
trouble, with a sentence on standard error.

The first line of --markdown is the same for the same two branches, so that a
pipeline can find its comment and edit it:
  <!-- pulumi-lakebase schema-diff projects/P/branches/BRANCH projects/P/branches/BASE -->
It fits into a comment on GitHub; what does not is counted.

Not compared: the order of columns, what belongs to an extension, and settings,
servers, publications and subscriptions, which may hold passwords. Colours are
for terminals only, and not with NO_COLOR set.`,
    )
    .action(async (branch: Address, base: Base | undefined, options: SchemaDiffOptions) => {
      const isDifferent = await compareAndPrint(branch, base, options, around).catch((failure: unknown) => {
        throw new Ending(2, failure);
      });
      if (isDifferent) throw new Ending(1);
    });
}

async function compareAndPrint(
  branch: Address,
  base: Base | undefined,
  options: SchemaDiffOptions,
  around: Surroundings,
): Promise<boolean> {
  const client = await signedIn(options, "schema-diff", around);
  const comparison = await compare(client, await sidesOf(client, branch, base), options, around);
  const { differs }: typeof import("../schema-diff/comparison") = require("../schema-diff/comparison");
  const { asMarkdown }: typeof import("../schema-diff/markdown") = require("../schema-diff/markdown");
  const { asText }: typeof import("../schema-diff/text") = require("../schema-diff/text");
  if (options.json) around.out(`${JSON.stringify({ ...comparison, differs: differs(comparison) }, null, 2)}\n`);
  else around.out(options.markdown ? asMarkdown(comparison) : asText(comparison, around.colours));
  return differs(comparison);
}

async function compare(
  client: Client,
  [to, from]: readonly [Side, Side],
  { database, allDatabases, schema, owners }: SchemaDiffOptions,
  { environment }: Surroundings,
): Promise<Comparison> {
  const { databasesOf, describe }: typeof import("../schema-diff/catalog") = require("../schema-diff/catalog");
  const { difference }: typeof import("../schema-diff/difference") = require("../schema-diff/difference");
  const { Gate }: typeof import("../api/gate") = require("../api/gate");
  const placeIn = ({ endpoint }: Side, name: string) => ({
    endpoint,
    database: name,
    sslrootcert: environment["PGSSLROOTCERT"],
  });
  const names = allDatabases
    ? (await Promise.all([to, from].map((side) => databasesOf(client, placeIn(side, defaultDatabase))))).flat()
    : (database ?? [defaultDatabase]);
  const one = async (name: string): Promise<DatabaseChanges> => {
    const [after, before] = await Promise.all([to, from].map((side) => describe(client, placeIn(side, name), schema)));
    if (after === undefined && before === undefined) {
      throw new Failure(`database ${name} is neither on ${to.branch} nor on ${from.branch}; check --database`);
    }
    return { database: name, changes: difference(before, after, { owners }) };
  };
  const gate = new Gate(databasesAtOnce);
  const databases = await Promise.all([...new Set(names)].sort().map((name) => gate.pass(() => one(name))));
  return { branch: to.branch, base: from.branch, databases };
}

/** Each is a session on either side. */
const databasesAtOnce = 4;

/** What is compared, and with what. */
async function sidesOf(client: Client, address: Address, base: Base | undefined): Promise<readonly [Side, Side]> {
  const side = async (of: Address): Promise<Side> => ({
    branch: await findBranch(client, of),
    endpoint: (await findEndpoint(client, of)).name,
  });
  const other = await baseOf(client, address, base);
  return Promise.all([side(address), side(other)]);
}

/** What a branch was made from; a root was made from nothing, and is held against the default branch. */
async function baseOf(client: Client, address: Address, given: Base | undefined): Promise<Address> {
  const { project } = address;
  if (given !== undefined) return { project, ...given };
  const branch = await findBranch(client, address);
  const source = valueAt(await read(client, branch), ["status", "source_branch"]);
  const base = typeof source === "string" ? source : await findBranch(client, { project });
  if (base === branch) throw new Failure(`${branch} was made from no other branch; name BASE: ${project}/BRANCH`);
  return readAddress(base);
}

function readBranch(text: string): Address {
  const address = readAddress(text);
  if (address.branch === undefined) throw new InvalidArgumentError("Name a branch: PROJECT/BRANCH.");
  return address;
}

/** One word is a branch here, since the project is known. */
function readBase(text: string): Base {
  return /^[a-z][a-z0-9-]*$/.test(text) ? { branch: text } : readBranch(text);
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
