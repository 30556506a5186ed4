import { invalid } from "../errors";
import { type JsonObject, objectAt } from "../json";
import type { Account } from "./account";
import type { Installation } from "./installation";
import { isManaged } from "./pg-settings";
import { ProgramFailed, run } from "./run";

const NAME = /^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)*$/;
/** Postgres's superuser_reserved_connections. */
const RESERVED_CONNECTIONS = 3;
const PLACES = ["spec.settings.pg_settings", "spec.default_endpoint_settings.pg_settings"];

/** Refuses settings that Postgres would not start with, in Postgres's words. What the service says is not known. */
export async function checkSettings(
  body: JsonObject,
  { postgres }: Installation,
  account: Account | undefined,
): Promise<void> {
  for (const place of PLACES) {
    const settings = Object.entries(objectAt(body, place)).filter(
      ([name, value]) => typeof value === "string" && !isManaged(name),
    );
    if (settings.length === 0) continue;
    for (const [name, value] of settings) {
      // A dash is as good as an underscore on a command line, and an error in a file.
      if (!NAME.test(name)) throw invalid(`Field '${place}': unrecognized configuration parameter "${name}"`);
      if (/[\0\r\n]/.test(String(value))) throw invalid(`Field '${place}': the value of '${name}' must be one line`);
      // Postgres looks at single values here, and at this with others when it starts.
      if (name === "max_connections" && Number(value) <= RESERVED_CONNECTIONS) {
        throw invalid(`Field '${place}': max_connections must be more than ${RESERVED_CONNECTIONS}`);
      }
    }
    const given = settings.flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    // Asked for one setting, Postgres reads them all and starts nothing; it wants no folder of its own for that.
    const asked = ["-C", "server_version", "--config-file=/dev/null", "-D", "/", ...given];
    await run(postgres, asked, account).catch((error: unknown) => {
      if (!(error instanceof ProgramFailed)) throw error;
      throw invalid(`Field '${place}': ${/FATAL:\s*(.*)/.exec(error.message)?.[1] ?? error.message}`);
    });
  }
}
