/** Passwords for Postgres in a program. */
import * as pulumi from "@pulumi/pulumi";
import { type Credential, type CredentialOptions, credentialRequest, mint } from "../connections/credential";
import { call, type FunctionOptions, type Inputs, withInputs } from "./call";

export interface DatabaseCredentialArgs extends CredentialOptions {
  /** Full name of the endpoint. */
  readonly endpoint: string;
}

export interface DatabaseCredential {
  /** The password; always a secret. */
  readonly token: pulumi.Output<string>;
  /** Until when it lets sessions in (RFC 3339). */
  readonly expireTime: string;
}

/**
 * Asks for a password: a token that lets sessions of the program's identity in at one endpoint, until it ends after
 * `ttl` (5 m to 1 h, which is the default). It is a secret, so wherever it goes, Pulumi encrypts it in the state.
 *
 * Every run asks for another one, previews too, so a resource that takes it changes with every run. An application does
 * better with `credentialProvider` from `pulumi-lakebase/connections`, which asks by itself.
 *
 * ```ts
 * const { token } = await lakebase.getDatabaseCredential({ endpoint: "projects/shop/branches/dev/endpoints/primary" });
 * ```
 */
export async function getDatabaseCredential(
  args: DatabaseCredentialArgs,
  options?: FunctionOptions,
): Promise<DatabaseCredential> {
  const { token, expireTime } = await ask(args, options);
  return { token: pulumi.secret(token), expireTime };
}

/** The same for arguments that resources give: `getDatabaseCredentialOutput({ endpoint: primary, ttl: "5m" })`. */
export function getDatabaseCredentialOutput(
  args: Inputs<DatabaseCredentialArgs>,
  options?: FunctionOptions,
): pulumi.Output<Credential> {
  return pulumi.secret(withInputs(ask)(args, options));
}

function ask({ endpoint, ...asked }: DatabaseCredentialArgs, options?: FunctionOptions): Promise<Credential> {
  return call("getDatabaseCredential", options, async (session) => {
    const request = credentialRequest(endpoint, asked);
    return mint(await session.client(), request);
  });
}
