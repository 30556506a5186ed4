/** What `psql`, `exec` and `env` have in common on the command line: an endpoint, and how to reach it. */
import { type Command, InvalidArgumentError } from "commander";
import { credentialTtl, defaultCredentialTtl, defaultDatabase } from "../rules/limits";
import { readable, seconds } from "../schema/durations";
import { readAddress } from "./address";
import { type SignInOptions, withSignIn } from "./sign-in";

export interface ConnectingOptions extends SignInOptions {
  readonly database: string;
  readonly role?: string;
  readonly pooled?: true;
  readonly readOnly?: true;
  /** In seconds, as the service writes it. */
  readonly ttl?: string;
  readonly hostaddr?: true;
}

const range = `${readable(credentialTtl.least)} to ${readable(credentialTtl.most)}`;

const endpointHelp = `
ENDPOINT is one of
  shop               the default branch of project shop, its read-write endpoint
  shop/dev           the read-write endpoint of branch dev
  shop/dev/reader    the endpoint reader there
  projects/shop/branches/dev/endpoints/reader
                     the same, as the API names it`;

export function connecting(command: Command): Command {
  return withSignIn(
    command
      .argument("<ENDPOINT>", "where to connect to, see below", readAddress)
      .option("--database <name>", "name in Postgres, or full name", defaultDatabase)
      .option("--user, --role <name>", "name in Postgres, or full name (default: whoever signs in)")
      .option("--pooled", "connect by way of the connection pooler")
      .option("--read-only", "with a token that can only read")
      .option(
        "--ttl <duration>",
        `how long the token lets sign in, ${range} (default: ${defaultCredentialTtl})`,
        readTtl,
      )
      .option("--hostaddr", "also pass the host's address, for systems whose own resolver does not find it"),
  ).addHelpText("after", endpointHelp);
}

function readTtl(text: string): string {
  const total = seconds(text);
  if (total === undefined || total < credentialTtl.least || total > credentialTtl.most) {
    throw new InvalidArgumentError(`Write a duration of ${range}, such as 15m.`);
  }
  return `${total}s`;
}
