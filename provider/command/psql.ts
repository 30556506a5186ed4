import type { Command } from "commander";
import type { Address } from "./address";
import { become } from "./child";
import { type ConnectingOptions, connecting } from "./connecting";
import type { Surroundings } from "./surroundings";

export function psql(program: Command, around: Surroundings): void {
  connecting(program.command("psql"))
    .argument("[ARGS...]", "what follows -- is for psql")
    .usage("[options] ENDPOINT [-- ARGS...]")
    .showHelpAfterError("(options of psql itself stand after --)")
    .summary("connect with psql")
    .description(
      "Connects to an endpoint with the psql that is on PATH. The token is made for this connection and reaches psql by " +
        "the environment, never on a command line, where others would see it.",
    )
    .addHelpText(
      "after",
      `
Examples:
  pulumi-lakebase psql shop/dev
  pulumi-lakebase psql shop --read-only -- -c 'select count(*) from orders'

It ends with psql's own status. A PGSSLMODE of verify-ca or verify-full is kept;
without one it is require.`,
    )
    .action(async (address: Address, args: readonly string[], options: ConnectingOptions) => {
      const { environmentWith, prepare }: typeof import("./prepare") = require("./prepare");
      const environment = environmentWith(await prepare(address, options, "psql", around), around);
      const remedy = "install it, or use another client with what 'pulumi-lakebase env' prints";
      await become({ file: "psql", args, environment, remedy });
    });
}
