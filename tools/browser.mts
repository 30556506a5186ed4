/** The browser that the console's tests run in. */
import { which } from "./process.mts";

const commands = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Path of a Chromium: what LAKEBASE_TEST_BROWSER says, or the first one on the path. */
export function findBrowser(env: NodeJS.ProcessEnv = process.env): string {
  const given = env["LAKEBASE_TEST_BROWSER"];
  const found = given || commands.map((command) => which(command, env["PATH"])).find((path) => path !== undefined);
  if (found === undefined) {
    throw new Error(
      "the console's tests need a Chromium: install one (Debian, Ubuntu: apt-get install chromium), or set LAKEBASE_TEST_BROWSER to the path of one",
    );
  }
  return found;
}
