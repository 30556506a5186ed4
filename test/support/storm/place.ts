/** Where storms rage: an emulator in this process that goes by the storm's clock. */
import { Agent } from "undici";
import { startEmulator } from "../../../emulator/server";
import type { Place } from "./seed";

export async function openPlace(): Promise<Place & { readonly close: () => Promise<void> }> {
  const clock = { now: Date.now };
  const { url, token, close } = await startEmulator({ log: () => {}, now: () => clock.now() });
  const agent = new Agent();
  return {
    url,
    token,
    agent,
    clock,
    close: async () => {
      await agent.destroy();
      await close();
    },
  };
}
