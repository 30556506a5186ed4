/** A client that says each byte itself, for what no library would say. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as secure } from "node:tls";
import {
  errorField,
  type Message,
  message,
  SSL_REQUEST,
  startup,
  take,
  takeMessage,
} from "../../emulator/postgres/wire";

const LONGEST = 1 << 30;
export const PROTOCOL_3_0 = 0x00030000;

export class RawClient {
  private readonly close: Promise<void>;

  constructor(readonly socket: Socket) {
    // How a connection ends, with or without an error, is chance where the other side hangs up on what it has not read.
    socket.on("error", () => {});
    this.close = new Promise((resolve) => socket.once("close", () => resolve()));
  }

  static async plain(port: number): Promise<RawClient> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    return new RawClient(socket);
  }

  /** TLS, asked for as most clients do. */
  static async encrypted(port: number, ca: string): Promise<RawClient> {
    const client = await RawClient.plain(port);
    client.socket.write(request(SSL_REQUEST));
    return client.encrypt(ca);
  }

  /** TLS from the first byte. */
  static async direct(port: number, ca: string, ALPNProtocols = ["postgresql"]): Promise<RawClient> {
    const socket = secure({ host: "127.0.0.1", port, ca, ALPNProtocols });
    await once(socket, "secureConnect");
    return new RawClient(socket);
  }

  static async signedIn(port: number, ca: string, parameters: Record<string, string> = {}): Promise<RawClient> {
    const client = await RawClient.encrypted(port, ca);
    await client.signIn(parameters);
    return client;
  }

  /** After the server's "S". */
  async encrypt(ca: string): Promise<RawClient> {
    const answer = await take(this.socket, 1);
    if (answer?.toString() !== "S") throw new Error(`the answer to a request for TLS was ${answer}`);
    const socket = secure({ socket: this.socket, host: "127.0.0.1", ca });
    await once(socket, "secureConnect");
    return new RawClient(socket);
  }

  /** Answers what came up to and with the first ReadyForQuery. */
  async signIn(parameters: Record<string, string> = {}, version = PROTOCOL_3_0): Promise<readonly Message[]> {
    this.send(hello(parameters, version));
    await this.expect("R");
    this.send(password("secret"));
    return this.until("Z");
  }

  send(...parts: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  async sendByteByByte(bytes: Buffer): Promise<void> {
    for (const byte of bytes) {
      await new Promise<void>((resolve) => this.socket.write(Buffer.from([byte]), () => resolve()));
    }
  }

  /** Undefined at the end of the connection. */
  next(): Promise<Message | undefined> {
    return takeMessage(this.socket, LONGEST);
  }

  async expect(type: string): Promise<Message> {
    const found = await this.next();
    if (found?.type !== type) throw new Error(`wanted ${type} and got ${found && describe(found)}`);
    return found;
  }

  /** All messages up to and with the first of that type. */
  async until(type: string): Promise<readonly Message[]> {
    const seen: Message[] = [];
    for (;;) {
      const found = await this.next();
      if (found === undefined) throw new Error(`the connection ended before ${type}, after ${seen.map(describe)}`);
      seen.push(found);
      if (found.type === type) return seen;
    }
  }

  /** What is left until the server hangs up. */
  async rest(): Promise<readonly Message[]> {
    const seen: Message[] = [];
    for (let found = await this.next(); found !== undefined; found = await this.next()) seen.push(found);
    return seen;
  }

  /** Whatever still comes is not looked at. */
  closed(): Promise<void> {
    this.socket.resume();
    return this.close;
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** One of the packets that stand before a startup message. */
export function request(code: number, ...more: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 + 4 * more.length);
  [bytes.length, code, ...more].forEach((value, index) => {
    bytes.writeInt32BE(value, 4 * index);
  });
  return bytes;
}

export function hello(parameters: Record<string, string> = {}, version = PROTOCOL_3_0): Buffer {
  return startup(version, Object.entries({ user: "postgres", ...parameters }));
}

export function password(text: string): Buffer {
  return message("p", Buffer.from(`${text}\0`));
}

export function query(sql: string): Buffer {
  return message("Q", Buffer.from(`${sql}\0`));
}

/** What an error says, or the type of any other message. */
export function describe(found: Message): string {
  return found.type === "E" ? `${errorField(found, "C")} ${errorField(found, "M")}` : found.type;
}
