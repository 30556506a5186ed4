import { type Command, Option } from "commander";
import type { Address } from "./address";
import { type ConnectingOptions, connecting } from "./connecting";
import type { Prepared } from "./prepare";
import type { Surroundings } from "./surroundings";

interface EnvOptions extends ConnectingOptions {
  readonly json?: true;
  readonly token: boolean;
}

export function env(program: Command, around: Surroundings): void {
  connecting(program.command("env"))
    .usage("[options] ENDPOINT")
    .option("--json", "an object instead of lines for a shell")
    .addOption(new Option("--no-token", "without PGPASSWORD: no token is made").conflicts(["ttl", "readOnly"]))
    .summary("print what a client needs to connect")
    .description(
      "Prints the environment that Postgres clients read, as lines for a shell. With them comes PGPASSWORD, a token that " +
        "opens the database until it expires. It is printed to a terminal too: that is what this command is for.",
    )
    .addHelpText(
      "after",
      `
Examples:
  eval "$(pulumi-lakebase env shop/dev)"
  pulumi-lakebase env shop/dev --no-token --json

When the token expires is said on standard error.`,
    )
    .action(async (address: Address, options: EnvOptions) => {
      const { prepare }: typeof import("./prepare") = require("./prepare");
      const prepared = await prepare(address, options, "env", around);
      around.out(options.json ? `${JSON.stringify(prepared.variables, null, 2)}\n` : lines(prepared));
      const { expireTime } = prepared;
      if (expireTime !== undefined) around.err(`# the token lets sign in until ${expireTime}\n`);
    });
}

function lines({ variables, displaced }: Prepared): string {
  return [
    ...displaced.map((name) => `unset ${name}\n`),
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}\n`),
  ].join("");
}

/** As every POSIX shell reads it back. */
function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
