import { invalid } from "../errors";
import { type JsonObject, objectAt } from "../json";
import type { Account } from "./account";
import type { Installation } from "./installation";
import { isManaged } from "./pg-settings";
import { ProgramFailed, run } from "./run";

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
    const odd = settings.find(([name, value]) => /[\0\r\n]/.test(`${name}${value}`));
    if (odd !== undefined) throw invalid(`Field '${place}': the value of '${odd[0]}' must be one line`);
    const given = settings.flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    // Asked for one setting, Postgres reads them all and starts nothing; it wants no folder of its own for that.
    const asked = ["-C", "server_version", "--config-file=/dev/null", "-D", "/", ...given];
    await run(postgres, asked, account).catch((error: unknown) => {
      if (!(error instanceof ProgramFailed)) throw error;
      throw invalid(`Field '${place}': ${/FATAL:\s*(.*)/.exec(error.message)?.[1] ?? error.message}`);
    });
  }
}
