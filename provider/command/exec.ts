import type { Command } from "commander";
import type { Address } from "./address";
import { become } from "./child";
import { type ConnectingOptions, connecting } from "./connecting";
import type { Surroundings } from "./surroundings";

export function exec(program: Command, around: Surroundings): void {
  connecting(program.command("exec"))
    .argument("<COMMAND...>", "what to run, after --")
    .usage("[options] ENDPOINT -- COMMAND [ARGS...]")
    .showHelpAfterError("(options of the program itself stand after --)")
    .summary("run a program that connects")
    .description(
      "Runs a program with the environment that Postgres clients read: PGHOST, PGPORT, PGUSER, PGDATABASE, PGSSLMODE and " +
        "PGPASSWORD, which is a token, and LAKEBASE_ENDPOINT, with which @databricks/lakebase asks for tokens of its own. " +
        "No shell is between: arguments arrive as they are.",
    )
    .addHelpText(
      "after",
      `
Examples:
  pulumi-lakebase exec shop/dev -- npm run migrate
  pulumi-lakebase exec shop --read-only -- pg_dump --schema-only

It ends as the program does, by its status or its signal. The token lets sign in
for an hour, or --ttl; connections that are open then stay open. A PGSSLMODE of
verify-ca or verify-full is kept; without one it is require.`,
    )
    .action(async (address: Address, [file = "", ...args]: readonly string[], options: ConnectingOptions) => {
      const { environmentWith, prepare }: typeof import("./prepare") = require("./prepare");
      const environment = environmentWith(await prepare(address, options, "exec", around), around);
      await become({ file, args, environment, remedy: "check its name, or write its path" });
    });
}
