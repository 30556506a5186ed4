/** Workload identity federation: an ID token of somebody else's is exchanged for one of Databricks' own. */
import type { Context, Credentials } from "./auth";
import { type Directory, discover } from "./discovery";
import { ApiError, ConfigurationError } from "./errors";
import { hidden } from "./hidden";
import { newDispatcher } from "./http";
import { claims, type IdTokens, issuers } from "./id-tokens";
import { kept, type Token } from "./token-cache";
import { type Ask, asking, grant, granted, littlePatience, patience, sentence } from "./token-endpoint";
import type { Way } from "./ways";

export type FederatedWay = keyof typeof issuers;

export function isFederated(way: Way): way is FederatedWay {
  return way in issuers;
}

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
  const request = grant(url, {
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: subject,
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    scope: "all-apis",
    ...(clientId !== undefined && { client_id: clientId }),
  });
  const answer = await ask(request).catch((reason: unknown) => {
    if (!(reason instanceof ApiError) || ![400, 401, 403].includes(reason.status)) throw reason;
    const whose = clientId === undefined ? "the account" : `service principal ${clientId}`;
    const said = claims(subject) ?? "no claims, since it is not a JSON web token";
    throw new ConfigurationError(
      `${sentence(reason)}; check the federation policy of ${whose}: the ID token has ${said}`,
    );
  });
  return granted(request.tried, answer);
}
