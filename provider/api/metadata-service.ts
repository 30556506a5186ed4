/**
 * A program on this machine that hands out tokens, such as an editor's extension. Asked here and not by the SDK (0.17),
 * which waits for ever when it is redirected. The headers are Databricks' (its MetadataServiceCredentials.ts).
 */
import { unescape as unescaped } from "node:querystring";
import { refusal } from "./advice";
import type { Context, Credentials } from "./auth";
import { ConfigurationError } from "./errors";
import { hidden } from "./hidden";
import { isLoopback } from "./host";
import { newDispatcher } from "./http";
import { declaration } from "./settings";
import { kept, type Token } from "./token-cache";
import { asking, granted, littlePatience, sentence } from "./token-endpoint";

const { variable } = declaration("metadataServiceUrl");

/** With a first token, since what is wrong should show at once; `undefined` when no such service is named. */
export async function metadataService({ values, clock, advice }: Context): Promise<Credentials | undefined> {
  const { host, metadataServiceUrl } = values;
  if (metadataServiceUrl === undefined) return undefined;
  const url = addressed(metadataServiceUrl);
  const ask = asking(newDispatcher(), littlePatience, clock);
  // The path of its address is what lets one ask.
  const tried = `GET ${url.origin}`;
  const headers = { accept: "application/json", "x-databricks-metadata-version": "1", "x-databricks-host": host };

  async function fetch(): Promise<Token> {
    const answer = await ask({ tried, method: "GET", url, headers });
    const lifetime = Number(answer["expires_on"]) - clock.now() / 1000;
    return granted(tried, { ...answer, expires_in: lifetime });
  }

  function failed(reason: unknown): never {
    throw refusal(`${hidden(sentence(reason), ways(url))}, where ${variable} points`, advice);
  }

  const token = kept(() => fetch().catch(failed), clock);
  const authorization = async () => ({ authorization: `Bearer ${await token()}` });
  await authorization();
  return { type: "metadata-service", headers: authorization };
}

/** Its path as a whole and in pieces, as it was written and as it may be read. */
function ways({ pathname, search }: URL): readonly string[] {
  const whole = [pathname + search, pathname, search];
  const pieces = [...pathname.split("/"), ...search.split(/[?&=]/)];
  return [...whole, ...pieces].flatMap((one) => [one, unescaped(one)]);
}

function addressed(text: string): URL {
  const url = URL.parse(text);
  if (url && isLoopback(url)) return url;
  throw new ConfigurationError(
    `${variable} is no address on this machine; unset it, or name the one that was given out`,
  );
}
