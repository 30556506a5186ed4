import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from "node:tls";
import type { ServerIdentity } from "./authority";
import { type Door, type Login, Refusal } from "./door";
import { Session } from "./session";
import {
  CANCEL_REQUEST,
  type Failure,
  fatal,
  GSS_REQUEST,
  type Packet,
  type Parameters,
  passwordRequest,
  readParameters,
  readPassword,
  SSL_REQUEST,
  take,
  takeMessage,
  takePacket,
} from "./wire";

export { type Door, type Login, Refusal, type Target, wrongPassword } from "./door";

/** Postgres's own authentication_timeout. */
const PATIENCE = 60_000;
/** As Postgres has it (PG_MAX_AUTH_TOKEN_LENGTH). */
const LONGEST_PASSWORD = 65_535;
/** A TLS record of a handshake begins with it, a startup packet never does. */
const TLS_HANDSHAKE = 0x16;

export interface ListenOptions {
  readonly address: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly identity: ServerIdentity;
  readonly door: Door;
  readonly log: (line: string) => void;
  /** Milliseconds of silence after which a client that has not signed in is hung up on. */
  readonly patience?: number;
}

export interface Listener {
  readonly address: string;
  readonly port: number;
  /** How many there are now. */
  sessions(): number;
  /** Ends its sessions, with Postgres's own words where a client can hear them. */
  drop(): void;
  /** No more clients; what is open is ended. */
  close(): Promise<void>;
}

/** The front door of a compute: TLS and sign-in as Postgres does them, then the session with the server behind. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const front = new Front(options);
  await front.open();
  return front;
}

class Front implements Listener {
  readonly address: string;
  private readonly door: Door;
  private readonly patience: number;
  private readonly tcp: Server;
  private readonly tls: TlsServer;
  private readonly connections = new Set<Socket>();
  private readonly running = new Set<Session>();
  private closing: Promise<void> | undefined;

  constructor(private readonly options: ListenOptions) {
    this.address = options.address;
    this.door = options.door;
    this.patience = options.patience ?? PATIENCE;
    this.tcp = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true }, (socket) => this.receive(socket));
    // It never listens: connections are handed to it once they have asked for TLS.
    this.tls = createTlsServer({
      ...options.identity,
      ALPNProtocols: ["postgresql"],
      handshakeTimeout: this.patience,
    });
    this.tls.on("secureConnection", (client) => this.serve(client, () => this.signIn(client)));
    this.tls.on("tlsClientError", (_error, client) => client.destroy());
  }

  get port(): number {
    // A TCP server always has an AddressInfo once it listens; the string form is for pipes.
    return (this.tcp.address() as AddressInfo).port;
  }

  async open(): Promise<void> {
    this.tcp.listen(this.options.port, this.address);
    await once(this.tcp, "listening");
    this.tcp.on("error", (error) => this.options.log(`Postgres at ${this.address}: ${error.message}`));
  }

  sessions(): number {
    return this.running.size;
  }

  drop(): void {
    for (const session of this.running) session.drop();
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    const closed = once(this.tcp, "close");
    this.tcp.close();
    const ending = [...this.running].map((session) => session.closed);
    this.drop();
    await Promise.all(ending);
    for (const socket of this.connections) socket.destroy();
    await closed;
  }

  private receive(socket: Socket): void {
    this.connections.add(socket);
    socket.once("close", () => this.connections.delete(socket));
    this.serve(socket, () => this.greet(socket));
  }

  /** A client can break off at any point: that is an end, not an error. */
  private serve(socket: Socket, talk: () => Promise<void>): void {
    socket.on("error", () => {});
    socket.setTimeout(this.patience, () => socket.destroy());
    talk().catch((error: unknown) => {
      this.options.log(`The emulator failed in a connection to ${this.address}: ${textOf(error)}`);
      socket.destroy();
    });
  }

  /** What comes before TLS. */
  private async greet(socket: Socket): Promise<void> {
    for (;;) {
      const first = await take(socket, 1);
      if (first === undefined) return void socket.destroy();
      socket.unshift(first);
      // `sslnegotiation=direct`
      if (first[0] === TLS_HANDSHAKE) return this.encrypt(socket);

      const packet = await takePacket(socket);
      if (packet === undefined) return void socket.destroy();
      if (packet.version === CANCEL_REQUEST) return this.cancel(socket, packet);
      if (packet.version === SSL_REQUEST) {
        socket.write("S");
        return this.encrypt(socket);
      }
      if (packet.version !== GSS_REQUEST) return hangUp(socket, PLAIN);
      socket.write("N");
    }
  }

  private encrypt(socket: Socket): void {
    socket.setTimeout(0);
    this.tls.emit("connection", socket);
  }

  private async signIn(client: TLSSocket): Promise<void> {
    const packet = await takePacket(client);
    if (packet === undefined) return void client.destroy();
    if (packet.version === CANCEL_REQUEST) return this.cancel(client, packet);
    try {
      await this.admit(client, packet);
    } catch (error) {
      hangUp(client, this.explain(error));
    }
  }

  private async admit(client: TLSSocket, packet: Packet): Promise<void> {
    const parameters = parametersOf(packet);
    const login = await this.askPassword(client, parameters);
    if (login === undefined) return void client.destroy();

    client.setTimeout(0);
    const target = await this.door.admit(login);
    if (client.destroyed || this.closing !== undefined) {
      target.release();
      return void client.destroy();
    }
    const session = new Session(client, target, () => this.running.delete(session));
    this.running.add(session);
    await session.open(packet.version, parameters, login);
  }

  /** Undefined when the client leaves, as psql does to ask the person first. */
  private async askPassword(client: TLSSocket, parameters: Parameters): Promise<Login | undefined> {
    const { user, database } = Object.fromEntries(parameters);
    if (!user) throw new Refusal("28000", "no PostgreSQL user name specified in startup packet");

    client.write(passwordRequest());
    const answer = await takeMessage(client, LONGEST_PASSWORD);
    if (answer === undefined || answer.type === "X") return undefined;
    if (answer.type !== "p") {
      throw new Refusal("08P01", `expected password response, got message type ${answer.bytes[0]}`);
    }
    const password = readPassword(answer);
    if (password === "") throw new Refusal("28P01", "empty password returned by client");
    return { user, database: database || user, password, serverName: client.servername || undefined };
  }

  private async cancel(client: Socket, packet: Packet): Promise<void> {
    await Promise.all(this.door.running().map((path) => deliver(path, packet.bytes, this.patience)));
    // Clients wait for the end of the connection, after which the request has been carried out.
    client.destroySoon();
  }

  /** A refusal is an answer; anything else is a fault of the emulator and must be seen. */
  private explain(error: unknown): Failure {
    if (error instanceof Refusal) return error;
    const message = textOf(error);
    this.options.log(`The emulator failed in a sign-in at ${this.address}:${this.port}: ${message}`);
    return { code: "58000", message };
  }
}

/** The service does not take connections without TLS; this text is an invention. */
const PLAIN: Failure = {
  code: "28000",
  message: "connections without TLS are refused",
  hint: "Connect with sslmode=require, or with sslmode=verify-full and the CA certificate of the emulator.",
};

function parametersOf(packet: Packet): Parameters {
  const major = packet.version >>> 16;
  const minor = packet.version & 0xffff;
  // A newer minor version is between the client and the server behind, which tells what it has instead.
  if (major !== 3) {
    throw new Refusal("0A000", `unsupported frontend protocol ${major}.${minor}: server supports 3.0 to 3.0`);
  }
  const parameters = readParameters(packet);
  if (parameters === undefined) {
    throw new Refusal("08P01", "invalid startup packet layout: expected terminator as last byte");
  }
  return parameters;
}

function hangUp(socket: Socket, failure: Failure): void {
  socket.write(fatal(failure));
  socket.destroySoon();
}

/** Resolves when the server has dealt with the packet and hung up, or is not there. */
async function deliver(path: string, bytes: Buffer, patience: number): Promise<void> {
  const socket = connect(path);
  socket.on("error", () => {});
  socket.setTimeout(patience, () => socket.destroy());
  socket.end(bytes);
  socket.resume();
  await new Promise<void>((resolve) => socket.once("close", () => resolve()));
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
