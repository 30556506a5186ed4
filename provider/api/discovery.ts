/** What a workspace says about itself: where tokens are to be had, and whom an ID token has to be meant for. */
import type { Context } from "./auth";
import { ConfigurationError } from "./errors";
import { isPrivate } from "./host";
import type { Outgoing } from "./http";
import type { Ask } from "./token-endpoint";
import { isOn } from "./ways";

/** The parts of `/.well-known/databricks-config` that matter here (databricks-sdk-go's host_metadata.go, 2026-08). */
interface Metadata {
  readonly oidcEndpoint?: string | undefined;
  readonly accountId?: string | undefined;
  readonly isAccount: boolean;
  readonly audience?: string | undefined;
}

interface Host {
  readonly origin: string;
  readonly accountId?: string | undefined;
  /** It serves several workspaces, and the settings say so. */
  readonly isUnified: boolean;
  readonly metadata: Metadata;
}

export interface Directory {
  readonly tokenEndpoint: URL;
  /** Whom an ID token has to be meant for, where the settings do not say. */
  readonly audience: string;
}

/** `quickly` asks without much patience: not every host answers what it is used for, and all work without. */
export async function discover(
  { host: origin, accountId, experimentalIsUnifiedHost: unified }: Context["values"],
  ask: Ask,
  quickly: Ask,
): Promise<Directory> {
  const answer = await quickly(get(new URL("/.well-known/databricks-config", origin))).catch(() => ({}));
  const metadata = readMetadata(origin, answer);
  const host = { origin, metadata, accountId: accountId ?? metadata.accountId, isUnified: isOn(unified) };
  const tokenEndpoint = await findTokenEndpoint(host, ask);
  return { tokenEndpoint, audience: defaultAudience(host, tokenEndpoint) };
}

/** Databricks' rule: what the host names first; on account hosts the account; else the token endpoint itself. */
function defaultAudience({ accountId, metadata }: Host, tokenEndpoint: URL): string {
  return metadata.audience ?? (metadata.isAccount ? accountId : undefined) ?? tokenEndpoint.href;
}

function readMetadata(origin: string, answer: Readonly<Record<string, unknown>>): Metadata {
  const audiences = answer["token_federation_default_oidc_audiences"];
  return {
    oidcEndpoint: text(answer["oidc_endpoint"]),
    accountId: text(answer["account_id"]),
    isAccount: answer["host_type"] === "ACCOUNT_HOST" || /^https:\/\/accounts\./.test(origin),
    audience: Array.isArray(audiences) ? text(audiences[0]) : undefined,
  };
}

/** Account hosts have it at a fixed place; others tell it where their metadata says, or else at the usual place. */
async function findTokenEndpoint({ origin, accountId, isUnified, metadata }: Host, ask: Ask): Promise<URL> {
  if (metadata.isAccount && accountId !== undefined) {
    return new URL(`/oidc/accounts/${encodeURIComponent(accountId)}/v1/token`, origin);
  }
  const account = isUnified && accountId !== undefined ? `/accounts/${encodeURIComponent(accountId)}` : "";
  const usual = `${origin}/oidc${account}`;
  // Hosts of several workspaces leave the account to be filled in (host_metadata.go).
  const told = metadata.oidcEndpoint?.replace("{account_id}", encodeURIComponent(accountId ?? "")).replace(/\/+$/, "");
  if (told === undefined || told === usual) return tokenEndpointAt(usual, ask);
  return tokenEndpointAt(told, ask).catch(() => tokenEndpointAt(usual, ask));
}

async function tokenEndpointAt(base: string, ask: Ask): Promise<URL> {
  const { token_endpoint: endpoint } = await ask(get(secure(`${base}/.well-known/oauth-authorization-server`)));
  return secure(text(endpoint) ?? "");
}

function secure(address: string): URL {
  const url = URL.parse(address);
  if (url && isPrivate(url)) return url;
  throw new ConfigurationError(
    `the workspace names '${address}' as the place for tokens, which is not an https address; check the Databricks host`,
  );
}

function get(url: URL): Outgoing {
  return { tried: `GET ${url.href}`, method: "GET", url, headers: { accept: "application/json" } };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
