/** Where ID tokens come from: what a pipeline, a variable or a file says about who is running. */
import { readFile } from "node:fs/promises";
import type { Context } from "./auth";
import { ConfigurationError } from "./errors";
import { isPrivate } from "./host";
import type { Outgoing } from "./http";
import { declaration, type SettingName } from "./settings";
import { chosen } from "./sources";
import type { Ask } from "./token-endpoint";

/** Gets an ID token that is meant for `audience`, as far as its source lets one choose. */
export type IdTokens = (audience: string) => Promise<string>;

/** By the way of signing in. What is missing is told before any request. */
export const issuers = {
  "github-oidc": github,
  "azure-devops-oidc": azureDevOps,
  "env-oidc": variable,
  "file-oidc": file,
} satisfies Record<string, (context: Context, ask: Ask) => IdTokens>;

/** GitHub Actions gives a job with `id-token: write` an address to ask at. */
function github(context: Context, ask: Ask): IdTokens {
  const job = "run this in a GitHub Actions job with 'permissions: id-token: write'";
  const url = address(context, "githubUrl", job);
  const token = needed(context, "githubToken", job);
  return async (audience) => {
    url.searchParams.set("audience", audience);
    return idToken("GitHub", (await ask(request("GET", url, token)))["value"]);
  };
}

/** Azure Pipelines has one audience for all of its tokens, `api://AzureADTokenExchange` (databricks-sdk-go, 2026-08). */
function azureDevOps(context: Context, ask: Ask): IdTokens {
  const job = "run this in an Azure Pipelines job with 'env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)'";
  const collection = address(context, "devopsCollection", job);
  const token = needed(context, "devopsToken", job);
  const [project = "", hub = "", plan = "", jobId = ""] = (
    ["devopsProject", "devopsHostType", "devopsPlan", "devopsJob"] as const
  ).map((name) => encodeURIComponent(needed(context, name, job)));
  const path = `${project}/_apis/distributedtask/hubs/${hub}/plans/${plan}/jobs/${jobId}/oidctoken`;
  const url = new URL(`${collection.href.replace(/\/*$/, "")}/${path}?api-version=7.2-preview.1`);
  return async () => idToken("Azure DevOps", (await ask(request("POST", url, token)))["oidcToken"]);
}

/** The variable is read each time: whoever set it may have renewed it. */
function variable({ findings, environment }: Context): IdTokens {
  const named = chosen(findings, "oidcTokenEnv");
  const usual = declaration("oidcToken").variable;
  const unfit = findings.find(({ name }) => name === "oidcToken")?.passedOver;
  if (named === undefined && unfit !== undefined) {
    throw new ConfigurationError(`${usual} does not count: ${unfit}; name a variable with lakebase:oidcTokenEnv`);
  }
  const name = named?.value ?? usual;
  const naming = named ? `, named by ${named.from},` : "";
  return async () => {
    const token = environment[name]?.trim();
    if (token) return token;
    throw new ConfigurationError(`the variable ${name}${naming} is empty or not set; set it to the ID token`);
  };
}

/** The file is read each time: whoever wrote it renews it there. */
function file({ findings }: Context): IdTokens {
  const named = chosen(findings, "oidcTokenFilepath");
  if (named === undefined) {
    const { variable } = declaration("oidcTokenFilepath");
    throw new ConfigurationError(`no file of an ID token is named; set lakebase:oidcTokenFilepath or ${variable}`);
  }
  const { value: path, from } = named;
  return async () => {
    const text = await readFile(path, "utf8").catch((reason: unknown) => {
      const code = typeof reason === "object" && reason !== null && "code" in reason ? reason.code : "unreadable";
      throw new ConfigurationError(
        `the file ${path}, named by ${from}, cannot be read (${code}); write the ID token there`,
      );
    });
    const token = text.trim();
    if (token) return token;
    throw new ConfigurationError(`the file ${path}, named by ${from}, is empty; write the ID token there`);
  };
}

function needed({ values }: Context, name: SettingName, remedy: string): string {
  const value = values[name];
  if (value === undefined) throw new ConfigurationError(`${declaration(name).variable} is not set; ${remedy}`);
  return value;
}

function address(context: Context, name: SettingName, remedy: string): URL {
  const url = URL.parse(needed(context, name, remedy));
  if (url && isPrivate(url)) return url;
  const { variable } = declaration(name);
  throw new ConfigurationError(
    `${variable} is not an https address, and a token must not travel in the clear; ${remedy}`,
  );
}

function request(method: "GET" | "POST", url: URL, token: string): Outgoing {
  return { tried: `${method} ${url.origin}`, method, url, headers: { authorization: `Bearer ${token}` } };
}

function idToken(issuer: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new ConfigurationError(`${issuer} answered without an ID token; run the job again`);
}

/** What a policy is compared with, in words; nothing when the token is not a JSON web token. */
export function claims(token: string): string | undefined {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    const { iss, sub, aud } = payload as Readonly<Record<string, unknown>>;
    return `issuer ${iss}, subject ${sub} and audience ${aud}`;
  } catch {
    return undefined;
  }
}
