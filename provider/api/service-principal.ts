/**
 * A service principal's secret is exchanged for a token. Not by the SDK (0.17): it sends the secret along when it is
 * redirected, to any host, and then waits for ever.
 */

import { refusal } from "./advice";
import type { Context, Credentials } from "./auth";
import { discover } from "./discovery";
import { hidden } from "./hidden";
import { newDispatcher } from "./http";
import { kept, type Token } from "./token-cache";
import { asking, grant, granted, littlePatience, patience, sentence } from "./token-endpoint";

/** With a first token, since what is wrong should show at once; `undefined` when there is no secret. */
export async function servicePrincipal({ values, clock, advice }: Context): Promise<Credentials | undefined> {
  const { clientId, clientSecret } = values;
  if (clientId === undefined || clientSecret === undefined) return undefined;
  const proof = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
  const dispatcher = newDispatcher();
  const ask = asking(dispatcher, patience, clock);
  let endpoint: URL | undefined;

  async function fetch(): Promise<Token> {
    endpoint ??= (await discover(values, ask, asking(dispatcher, littlePatience, clock))).tokenEndpoint;
    const form = { grant_type: "client_credentials", scope: "all-apis" };
    const request = grant(endpoint, form, { authorization: `Basic ${proof}` });
    return granted(request.tried, await ask(request));
  }

  function failed(reason: unknown): never {
    // Without its cause: whoever answered may have sent back what it was sent.
    throw refusal(hidden(sentence(reason).replace(/[.\s]+$/, ""), [clientSecret, proof]), advice);
  }

  const token = kept(() => fetch().catch(failed), clock);
  const headers = async () => ({ authorization: `Bearer ${await token()}` });
  await headers();
  return { type: "oauth-m2m", headers };
}
