/** Workload identity federation: an ID token of somebody else's is exchanged for one of Databricks' own. */
import type { Dispatcher } from "undici";
import type { Context, Credentials } from "./auth";
import { type Directory, discover } from "./discovery";
import { ApiError, ConfigurationError } from "./errors";
import { ask, newDispatcher, repeated } from "./http";
import { type Ask, claims, type IdTokens, issuers } from "./id-tokens";
import { type Clock, retrier } from "./retry";
import { kept, type Token } from "./token-cache";
import type { Way } from "./ways";

export type FederatedWay = keyof typeof issuers;

export function isFederated(way: Way): way is FederatedWay {
  return way in issuers;
}

/** How long one request of signing in is repeated, in milliseconds (databricks-sdk-go's auth/retry.go, 2026-08). */
const patience = 60_000;

/** The same for what signing in can do without. */
const littlePatience = 3_000;

/** For an answer that does not say how long its token is valid. An assumption: shorter than any that was seen. */
const assumedLifetime = 5 * 60_000;

/** With a first token, since what is wrong should show at once. */
export async function federation(way: FederatedWay, context: Context): Promise<Credentials> {
  const { values, clock } = context;
  const { clientId, githubToken, devopsToken } = values;
  const dispatcher = newDispatcher();
  const ask = asking(dispatcher, patience, clock);
  let begun: { readonly idTokens: IdTokens; readonly directory: Directory } | undefined;
  let subject: string | undefined;

  async function begin() {
    const idTokens = issuers[way](context, ask);
    return { idTokens, directory: await discover(values, ask, asking(dispatcher, littlePatience, clock)) };
  }

  async function fetch(): Promise<Token> {
    begun ??= await begin();
    const { idTokens, directory } = begun;
    subject = await idTokens(values.audience ?? directory.audience);
    return exchange(directory.tokenEndpoint, subject, clientId, ask);
  }

  function failed(reason: unknown): never {
    const text = `signing in to Databricks by ${way} failed: ${sentence(reason)}`;
    // Without its cause: whoever answered may have sent back what it was sent.
    throw new ConfigurationError(hidden(text, [subject, githubToken, devopsToken]));
  }

  const token = kept(() => fetch().catch(failed), clock);
  const headers = async () => ({ authorization: `Bearer ${await token()}` });
  await headers();
  return { type: way, headers };
}

/** An account-wide policy knows its users by the ID token alone, and then there is no client. */
async function exchange(url: URL, subject: string, clientId: string | undefined, ask: Ask): Promise<Token> {
  const form = new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: subject,
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    scope: "all-apis",
    ...(clientId !== undefined && { client_id: clientId }),
  });
  const tried = `POST ${url.href}`;
  const headers = { accept: "application/json", "content-type": "application/x-www-form-urlencoded" };
  const answer = await ask({ tried, method: "POST", url, headers, body: String(form) }).catch((reason: unknown) => {
    if (!(reason instanceof ApiError) || ![400, 401, 403].includes(reason.status)) throw reason;
    const whose = clientId === undefined ? "the account" : `service principal ${clientId}`;
    const said = claims(subject) ?? "no claims, since it is not a JSON web token";
    throw new ConfigurationError(
      `${sentence(reason)}; check the federation policy of ${whose}: the ID token has ${said}`,
    );
  });
  const { access_token: value, expires_in: seconds } = answer;
  if (typeof value !== "string" || value === "") {
    throw new ConfigurationError(`${tried} answered without a token; check that the host is a Databricks workspace`);
  }
  // A text in databricks/cli's testserver, 2026-08.
  const lifetimeMs = Number(seconds) * 1000;
  return { value, lifetimeMs: lifetimeMs > 0 ? lifetimeMs : assumedLifetime };
}

/** Repeats what passes by itself. A 500 does not, as far as databricks-sdk-go goes (2026-08). */
function asking(dispatcher: Dispatcher, budgetMs: number, clock: Clock): Ask {
  return (outgoing) => {
    // Asking twice for a token does no harm, so it is repeated as a read is.
    const next = retrier("GET", budgetMs, clock);
    const again = (failure: unknown) =>
      failure instanceof ApiError && failure.status === 500 ? undefined : next(failure);
    return repeated(() => ask(dispatcher, outgoing), again, clock);
  };
}

function sentence(reason: unknown): string {
  if (reason instanceof ApiError)
    return `${reason.tried} answered ${reason.status}: ${reason.words.replace(/[.\s]+$/, "")}`;
  return typeof reason === "object" && reason !== null && "message" in reason ? String(reason.message) : String(reason);
}

/** Also without the parts of a token, which say what it says. */
function hidden(text: string, secrets: readonly (string | undefined)[]): string {
  const parts = secrets.flatMap((secret) => (secret === undefined ? [] : [secret, ...secret.split(".")]));
  const long = parts.filter((part) => part.length >= shortest);
  return long.reduce((left, part) => left.replaceAll(part, "[secret]"), text);
}

/** Shorter texts are no secrets, and taking them out would leave holes in every word. */
const shortest = 8;
