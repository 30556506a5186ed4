/** Ends with everything that the demo has started when the user has had enough. */
import { randomUUID } from "node:crypto";
import { endMarked, markedProcesses } from "../marked.mts";

/** All our processes inherit this, so that each can be found. Not under PULUMI_, which a sandbox leaves out. */
const mark = "LAKEBASE_DEMO";

/** Milliseconds between looks for what was just being started, which has the mark a moment later. */
const pause = 50;

export class Interruption {
  readonly #id = randomUUID();
  #ending: NodeJS.Timeout | undefined;
  happened = false;
  /** While packages are made, npm and Go take the signal and tidy up; afterwards nobody has anything to tidy. */
  gently = true;

  constructor() {
    process.env[mark] = this.#id;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => this.#interrupt());
    }
    // The reader of a pipe is gone, as with `npm run demo | head`.
    process.stdout.on("error", () => this.#interrupt());
  }

  /** Between two commands nothing runs that could be ended, so the demo asks before it goes on. */
  check(): void {
    if (this.happened) throw new Error("interrupted");
  }

  #interrupt(): void {
    const again = this.happened;
    this.happened = true;
    if (this.gently && !again) {
      markedProcesses(mark, this.#id).forEach(signalled);
    } else {
      const end = () => void endMarked(mark, this.#id);
      end();
      this.#ending ??= setInterval(end, pause).unref();
    }
  }
}

/** The environment of a process that is not ended with the others, since it has to tidy up. */
export function unmarked(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { [mark]: _, ...others } = env;
  return others;
}

function signalled(id: number): void {
  try {
    process.kill(id, "SIGINT");
  } catch {
    // It has ended by itself.
  }
}
