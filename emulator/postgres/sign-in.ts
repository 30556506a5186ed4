import type { Credential } from "../identity";
import { flagAt } from "../json";
import type { Stored } from "../stored";
import type { Cluster } from "./cluster";
import { type Login, Refusal, wrongPassword } from "./door";

/** Settings that a session starts with. */
export type SessionSettings = Readonly<Record<string, string>>;

/** What every token looks like. */
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Checks who comes to a branch: the bearer of a token that was made for one of its endpoints, or a role with a password
 * where the project allows that. Whether the service takes a token at another endpoint of the branch is not known.
 */
export function checkToken(login: Login, branch: string, credential: Credential | undefined): SessionSettings {
  const isRight = credential?.user === login.user && credential.endpoint.startsWith(`${branch}/endpoints/`);
  if (credential === undefined || !isRight) throw wrongPassword(login.user);
  // What a claim of READ_ONLY leaves to be done about single tables is not known, so it holds for all.
  return credential.readOnly ? { default_transaction_read_only: "on" } : {};
}

export function isToken(password: string): boolean {
  return TOKEN.test(password);
}

export function allowsPasswords(project: Stored): boolean {
  return flagAt(project.inputs, "spec.enable_pg_native_login");
}

/** The text is the service's (field report of September 2026), its code an assumption. */
export function passwordsAreOff(): Refusal {
  return new Refusal("28P01", "native postgres login is disabled for this endpoint");
}

export async function checkPassword(login: Login, cluster: Cluster): Promise<void> {
  if (!(await cluster.passwordIsRight(login.user, login.password))) throw wrongPassword(login.user);
}
