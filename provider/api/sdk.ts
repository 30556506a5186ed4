/** Ways of signing in that are Databricks' JavaScript SDK's: the CLI, Azure, Google, a password. What is set comes from us. */
import type { Config } from "@databricks/sdk-experimental/dist/config/Config.js";
import { type Advice, refusal } from "./advice";
import type { Context, Credentials } from "./auth";
import { ConfigurationError } from "./errors";
import type { FederatedWay } from "./federation";
import { withoutTokens } from "./hidden";
import { isOn, type Way } from "./ways";

const blindfold = "DATABRICKS_SDK_PROXY_STRICT_SSL";

/** `undefined` when the way does not apply, such as that of a program which is not installed. */
export async function sdkCredentials(
  way: Exclude<Way, FederatedWay>,
  { values, advice }: Context,
): Promise<Credentials | undefined> {
  // The SDK (0.17) reads it for each request.
  if (process.env[blindfold] === "false") {
    throw new ConfigurationError(
      `${blindfold}=false would send secrets to whoever answers; unset it, and name the file of an authority's certificate with NODE_EXTRA_CA_CERTS`,
    );
  }
  // The SDK as a whole has clients for all of Databricks; its sign-in alone loads in a third of the time.
  const { Config } = await import("@databricks/sdk-experimental/dist/config/Config.js");
  const config = new Config({
    ...values,
    azureUseMsi: isOn(values.azureUseMsi),
    experimentalIsUnifiedHost: isOn(values.experimentalIsUnifiedHost),
    authType: way,
    env: {},
    loaders: [],
  });
  let refreshing: Promise<Readonly<Record<string, string>>> | undefined;
  // The SDK keeps a token and refreshes it 40 s before it expires; sharing the call makes that one refresh at a time.
  const headers = () => {
    refreshing ??= authorize(config).finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  };
  try {
    await headers();
  } catch (reason) {
    if (isInapplicable(reason)) return undefined;
    throw refused(reason, advice);
  }
  return { type: way, headers: () => headers().catch((reason: unknown) => Promise.reject(refused(reason, advice))) };
}

async function authorize(config: Config): Promise<Readonly<Record<string, string>>> {
  const headers = new Headers();
  await config.authenticate(headers);
  return Object.fromEntries(headers);
}

function isInapplicable(reason: unknown): boolean {
  return /cannot configure default credentials/.test(textOf(reason));
}

/** What a program printed in the place of a token that can be read is quoted by the SDK (0.17), and may be one all the same. */
const unread = /(cannot parse access token|cannot unmarshal Databricks CLI result): .*/s;

/** The SDK's errors end with a dump of its settings; what matters is the sentence before it. */
function refused(reason: unknown, advice: Advice): ConfigurationError {
  const text = textOf(reason).replace(unread, "$1, since the command printed something else; update the command");
  // Without its cause, which has the words that were taken out.
  return refusal(
    withoutTokens(text)
      .replace(/\s+/g, " ")
      .replace(/[.\s]+$/, ""),
    advice,
  );
}

function textOf(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason);
  return "baseMessage" in reason ? String(reason.baseMessage) : reason.message;
}
