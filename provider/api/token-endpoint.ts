/** Asking for a token: who asks is patient, what answers is read, and no secret is in what is said of it. */
import type { Dispatcher } from "undici";
import { ApiError, ConfigurationError } from "./errors";
import { ask, type Outgoing, repeated } from "./http";
import { type Clock, retrier } from "./retry";
import type { Token } from "./token-cache";

export type Ask = (outgoing: Outgoing) => Promise<Readonly<Record<string, unknown>>>;

/** How long one request of signing in is repeated, in milliseconds (databricks-sdk-go's auth/retry.go, 2026-08). */
export const patience = 60_000;

/** The same for what signing in can do without. */
export const littlePatience = 3_000;

/** For an answer that does not say how long its token is valid. An assumption: shorter than any that was seen. */
const assumedLifetime = 5 * 60_000;

/** Repeats what passes by itself. A 500 does not, as far as databricks-sdk-go goes (2026-08). */
export function asking(dispatcher: Dispatcher, budgetMs: number, clock: Clock): Ask {
  return (outgoing) => {
    // Asking twice for a token does no harm, so it is repeated as a read is.
    const next = retrier("GET", budgetMs, clock);
    const again = (failure: unknown) =>
      failure instanceof ApiError && failure.status === 500 ? undefined : next(failure);
    return repeated(() => ask(dispatcher, outgoing), again, clock);
  };
}

/** A request of a token endpoint. */
export function grant(
  url: URL,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Outgoing {
  return {
    tried: `POST ${url.href}`,
    method: "POST",
    url,
    headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded", ...headers },
    body: String(new URLSearchParams(form)),
  };
}

/** The token of an answer. */
export function granted(tried: string, answer: Readonly<Record<string, unknown>>): Token {
  const { access_token: value, expires_in: seconds } = answer;
  if (typeof value !== "string" || value === "") {
    throw new ConfigurationError(`${tried} answered without a token; check that the host is a Databricks workspace`);
  }
  // A text in databricks/cli's testserver, 2026-08.
  const lifetimeMs = Number(seconds) * 1000;
  return { value, lifetimeMs: lifetimeMs > 0 ? lifetimeMs : assumedLifetime };
}

export function sentence(reason: unknown): string {
  if (reason instanceof ApiError)
    return `${reason.tried} answered ${reason.status}: ${reason.words.replace(/[.\s]+$/, "")}`;
  return typeof reason === "object" && reason !== null && "message" in reason ? String(reason.message) : String(reason);
}
