/** One way of signing in → the headers for requests. Loaded by who sends some: a check asks for none. */
import type { Context, Credentials } from "./auth";
import { federation, isFederated } from "./federation";
import { metadataService } from "./metadata-service";
import { sdkCredentials } from "./sdk";
import { servicePrincipal } from "./service-principal";
import type { Way } from "./ways";

/** `undefined` when the way does not apply to what is set. */
export function credentialsBy(way: Way, context: Context): Promise<Credentials | undefined> | Credentials {
  const { token } = context.values;
  if (way === "pat" && token !== undefined) {
    return { type: way, headers: async () => ({ authorization: `Bearer ${token}` }) };
  }
  if (way === "oauth-m2m") return servicePrincipal(context);
  if (way === "metadata-service") return metadataService(context);
  return isFederated(way) ? federation(way, context) : sdkCredentials(way, context);
}
