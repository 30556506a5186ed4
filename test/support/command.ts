/** `pulumi-lakebase` in this process: what it printed, and the status that a shell would see. */
import { runCommand } from "../../provider/command/program";
import type { Surroundings } from "../../provider/command/surroundings";

export interface Ended {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export async function ended(
  args: readonly string[],
  { environment, width = 100, colours = false, now = Date.now }: Partial<Omit<Surroundings, "out" | "err">>,
): Promise<Ended> {
  let out = "";
  let err = "";
  const status = await runCommand(args, {
    environment: environment ?? {},
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    width,
    colours,
    now,
  });
  return { status, out, err };
}
