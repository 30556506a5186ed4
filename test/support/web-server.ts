/** A web server of a test's own, with answers by path: whatever is not the workspace, or is one that behaves oddly. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** The fields of a form. */
  readonly form: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** An object is the JSON of a 200. */
type Answering = (request: Received) => Answer | object | Promise<object>;

export class WebServer {
  /** Answers by `METHOD /path`; 404 for the rest. */
  readonly answers = new Map<string, Answering>();
  readonly received: Received[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer(async (incoming, outgoing) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk);
      const { pathname, searchParams } = new URL(incoming.url ?? "", this.url);
      const request = {
        method: incoming.method ?? "",
        path: pathname,
        query: Object.fromEntries(searchParams),
        headers: incoming.headers,
        form: Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())),
      };
      this.received.push(request);
      const answer = await this.answers.get(`${request.method} ${pathname}`)?.(request);
      const { status, body } = answer === undefined ? { status: 404, body: {} } : asAnswer(answer);
      outgoing.writeHead(status, { "content-type": "application/json" });
      outgoing.end(JSON.stringify(body));
    });
  }

  async start(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  get url(): string {
    // A TCP server always has an AddressInfo once it listens; the string form is for pipes.
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** Of those that came, the ones to this path. */
  to(path: string): readonly Received[] {
    return this.received.filter((request) => request.path === path);
  }

  reset(): void {
    this.answers.clear();
    this.received.length = 0;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

function asAnswer(answer: Answer | object): Answer {
  return "status" in answer && "body" in answer ? answer : { status: 200, body: answer };
}

export function useWebServer(): WebServer {
  const server = new WebServer();
  beforeAll(() => server.start());
  beforeEach(() => server.reset());
  afterAll(() => server.close());
  return server;
}

/** A JSON web token as an identity provider makes it. Nobody here checks its signature, which is obviously none. */
export function idToken(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part(claims)}.canary-signature`;
}
