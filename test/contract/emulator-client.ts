/** A client of the emulator for its own tests: plain fetch, no retries, nothing of the provider. */
import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator/server";

/** Whatever JSON holds: tests look into answers freely, and their assertions are the check. */
export type Body = ReturnType<typeof JSON.parse>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface Client {
  readonly emulator: Emulator;
  /** What the emulator said to the person running it. */
  readonly log: readonly string[];
  /** Any path of the host; signs in with the emulator's token unless told otherwise. */
  raw(method: string, path: string, init?: RequestInit): Promise<Answer>;
  /** Below `/api/2.0/postgres/`. */
  api(method: string, path: string, body?: unknown): Promise<Answer>;
  /** As `api`, for what must succeed: answers the body. */
  ok(method: string, path: string, body?: unknown): Promise<Body>;
  /** Below `/_emulator/`. */
  control(method: string, path: string, body?: unknown): Promise<Body>;
}

export async function startClient(options: EmulatorOptions = {}): Promise<Client> {
  const log: string[] = [];
  const emulator = await startEmulator({ log: (line) => log.push(line), ...options });

  async function raw(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = new Headers(init.headers);
    if (!headers.has("authorization")) headers.set("authorization", `Bearer ${emulator.token}`);
    const response = await fetch(`${emulator.url}${path}`, { ...init, method, headers });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true;
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  function api(method: string, path: string, body?: unknown): Promise<Answer> {
    return raw(method, `/api/2.0/postgres/${path}`, body === undefined ? {} : { body: JSON.stringify(body) });
  }

  async function ok(method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await api(method, path, body);
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async function control(method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await raw(method, `/_emulator/${path}`, body === undefined ? {} : { body: JSON.stringify(body) });
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  return { emulator, log, raw, api, ok, control };
}

/** What a refusal is recognised by. */
export function refusal(answer: Answer): { status: number; code: string; message: string } {
  return { status: answer.status, code: answer.body.error_code, message: answer.body.message };
}

/** The refusal that is wanted, its text as a part of the message. */
export function refused(status: number, code: unknown, text: string): unknown {
  return { status, code, message: expect.stringContaining(text) };
}

export const READ_WRITE = "ENDPOINT_TYPE_READ_WRITE";
export const READ_ONLY = "ENDPOINT_TYPE_READ_ONLY";
