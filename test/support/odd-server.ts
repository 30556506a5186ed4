/** A service that answers anything at all: bytes, a status and headers as a test writes them. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

export interface OddAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export interface Asked {
  readonly method: string;
  /** With its query, as it came. */
  readonly target: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** An answer, or what does with the response as it likes. */
export type Answering = (asked: Asked, response: ServerResponse) => OddAnswer | undefined;

export class OddServer {
  readonly asked: Asked[] = [];
  answer: Answering = () => ({ status: 404, body: "" });
  readonly #server: Server;

  constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { method = "", url = "", headers } = request;
      const asked = { method, target: url, headers, body: Buffer.concat(chunks).toString() };
      this.asked.push(asked);
      const answer = this.answer(asked, response);
      if (answer === undefined) return;
      response.writeHead(answer.status, answer.headers);
      response.end(answer.body);
    });
    // Whoever takes it for a proxy may ask it for a tunnel, and gets none.
    this.#server.on("connect", ({ method = "", url = "", headers }: IncomingMessage, socket: Duplex) => {
      this.asked.push({ method, target: url, headers, body: "" });
      socket.end("HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\n\r\n");
    });
  }

  get url(): string {
    // A TCP server always has an AddressInfo once it listens; the string form is for pipes.
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async start(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

export function useOddServer(): OddServer {
  const server = new OddServer();
  beforeAll(() => server.start());
  beforeEach(() => {
    server.asked.length = 0;
  });
  afterAll(() => server.close());
  return server;
}
