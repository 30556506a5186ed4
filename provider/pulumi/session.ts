/** What the resources of one run with one provider share: configuration, sign-in, client, and what is declared. */
import { version as pulumi } from "@pulumi/pulumi/version";
import { type Environment, inPlainSight, signIn, whatIsWrong } from "../api/auth";
import { Client } from "../api/client";
import { systemClock } from "../api/retry";
import { Transport } from "../api/transport";
import type { ProviderConfig } from "./config";
import { DeclaredStack } from "./stack";

// By its own name, since the compiled file lies deeper than this one.
const { version } = require("pulumi-lakebase/package.json") as { readonly version: string };

const retryBudgetMs = 5 * 60_000;

export class Session {
  readonly stack = new DeclaredStack();
  /** Names of objects that this run found and took over: what a run has just made its own, it must not delete. */
  readonly takenOver = new Set<string>();
  /** When this run deleted an object, by its name. */
  readonly deletedAt = new Map<string, number>();
  /** Branches that this run found expired, to be forgotten, and those of them that come back. */
  readonly expired = new Set<string>();
  readonly revived = new Set<string>();
  #client: Promise<Client> | undefined;
  #told = false;

  constructor(
    readonly config: ProviderConfig,
    readonly environment: Environment,
    readonly warn: (message: string) => void,
  ) {}

  /** The client, signed in when it is first needed. */
  client(): Promise<Client> {
    this.#client ??= this.#connect();
    return this.#client;
  }

  /** What keeps the provider from working, told once per run. No request goes to the service for it. */
  async problems(): Promise<readonly string[]> {
    if (this.#told) return [];
    this.#told = true;
    const { signIn: settings, problems } = this.config;
    const wrong = whatIsWrong(settings, this.environment);
    if (wrong !== undefined) return [...problems, wrong];
    if (inPlainSight(settings, this.environment)) return problems;
    return this.client().then(
      () => problems,
      (reason: unknown) => [...problems, reason instanceof Error ? reason.message : String(reason)],
    );
  }

  async #connect(): Promise<Client> {
    const { origin, workspaceId, credentials } = await signIn(this.config.signIn, this.environment);
    const userAgent = `pulumi-lakebase/${version} nodejs/${process.versions.node} os/${process.platform} pulumi/${pulumi} auth/${credentials.type}`;
    const transport = new Transport({
      host: origin,
      credentials,
      userAgent,
      workspaceId,
      clock: systemClock,
      retryBudgetMs,
    });
    return new Client(transport, { waitTimeoutMs: this.config.waitTimeoutMs });
  }
}
