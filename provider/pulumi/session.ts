/** What the resources of one run with one provider share: configuration, sign-in, client, and what is declared. */
import { version as pulumi } from "@pulumi/pulumi/version";
import { type Environment, inPlainSight, whatIsWrong } from "../api/auth";
import type { Client } from "../api/client";
import type { ConnectOptions } from "../api/connect";
import { type Clock, systemClock } from "../api/retry";
import type { ProviderConfig } from "./config";
import { DeclaredStack } from "./stack";

const retryBudgetMs = 5 * 60_000;

export class Session {
  readonly stack = new DeclaredStack();
  /** Names of objects that this run found and took over: what a run has just made its own, it must not delete. */
  readonly takenOver = new Set<string>();
  /** Names of objects whose resource took them over, in this run or in an earlier one. */
  readonly heirs = new Set<string>();
  /** Names of objects that are replaced in this run, which the program goes on declaring. */
  readonly replaced = new Set<string>();
  /** Texts of SQL scripts by their hashes: the state has the hashes alone. */
  readonly scripts = new Map<string, string>();
  /** When this run deleted an object, by its name. */
  readonly deletedAt = new Map<string, number>();
  /** Branches that this run found expired, to be forgotten, and those of them that come back. */
  readonly expired = new Set<string>();
  readonly revived = new Set<string>();
  /** Reads of what can expire, by name, each done when its answer has been judged. */
  readonly reading = new Map<string, Promise<void>>();
  #client: Promise<Client> | undefined;
  #told = false;
  #heard: Promise<Client | undefined> | undefined;
  /** Objects whose sliding expiry was over, and that are gone: what is declared of them is made anew. */
  readonly ended = new Set<string>();

  constructor(
    readonly config: ProviderConfig,
    readonly environment: Environment,
    readonly warn: (message: string) => void,
    /** What time and requests go by; the system's by default. */
    readonly means: Pick<ConnectOptions, "clock" | "dispatcher"> = {},
  ) {}

  get clock(): Clock {
    return this.means.clock ?? systemClock;
  }

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

  /**
   * What the service's clock says. When this run has had no answer yet, one read is made for it, of the object that is
   * named; without an answer to that, what this machine's clock says.
   */
  async now(name: string): Promise<number> {
    this.#heard ??= this.#hear(name);
    const client = await this.#heard;
    return client?.serviceNow ?? this.clock.now();
  }

  async #hear(name: string): Promise<Client | undefined> {
    const client = await this.client().catch(() => undefined);
    // A refusal tells the time as well, and no answer is what the verbs that need one speak of.
    if (client?.serviceNow === undefined) await client?.get(name).catch(() => {});
    return client;
  }

  async #connect(): Promise<Client> {
    // A third of all modules, which a check does without.
    const { connect }: typeof import("../api/connect") = require("../api/connect");
    const { signIn, waitTimeoutMs, requestsInFlight } = this.config;
    return connect(signIn, this.environment, {
      waitTimeoutMs,
      requestsInFlight,
      retryBudgetMs,
      product: `pulumi/${pulumi}`,
      ...this.means,
    });
  }
}
