/** A session with an endpoint's Postgres, opened as a user's program opens one. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { Client } from "pg";
import type { EmulatorProcess } from "./emulator.mts";

export interface Target {
  /** Of the stack's outputs. */
  readonly host: string;
  readonly database: string;
  /** Full name of the endpoint, which the token is for. */
  readonly endpoint: string;
  /** Who may have signed its certificate, in PEM; the emulator's authority unless others are given. */
  readonly authorities?: readonly string[];
}

export class Session implements AsyncDisposable {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  /** The password is a token that lives for an hour. */
  static async open(emulator: EmulatorProcess, target: Target): Promise<Session> {
    const { host, database, endpoint, authorities } = target;
    const user = await emulator.user();
    const { token } = await emulator.call("POST", "credentials", { endpoint });
    const ca = [...(authorities ?? [readFileSync(emulator.certificate, "utf8")])];
    const client = new Client({ host, database, user, password: String(token), ssl: { ca } });
    // A session that is lost is noticed by the statement that needs it.
    client.on("error", () => {});
    await client.connect();
    return new Session(client);
  }

  /** The answer's first column. */
  async column(statement: string): Promise<readonly unknown[]> {
    const { rows } = await this.#client.query<unknown[]>({ text: statement, rowMode: "array" });
    return rows.map(([value]) => value);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#client.end();
  }
}

const port = 5432;

/** The code of the system's error; undefined when somebody does answer. */
export async function whyNoAnswer(host: string): Promise<unknown> {
  const socket = connect({ host, port });
  try {
    await once(socket, "connect");
    return undefined;
  } catch (error) {
    return codeOf(error);
  } finally {
    socket.destroy();
  }
}

/** Of a failure that has one. */
export function codeOf(failure: unknown): unknown {
  return failure instanceof Error && "code" in failure ? failure.code : failure;
}
