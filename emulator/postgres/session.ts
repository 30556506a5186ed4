import { connect, type Socket } from "node:net";
import { type Login, Refusal, type Target, wrongPassword } from "./door";
import { errorField, fatal, type Message, type Parameters, startup, takeMessage } from "./wire";

/** Bytes that wait for a slow reader before its writer waits too. More than a socket's own limit, for large answers. */
const MUCH = 1 << 20;
/** Longer than any message of a session's beginning. */
const LONGEST_OPENING = 1 << 20;
/** Milliseconds that a client has to take in why its session was ended. */
const LAST_WORDS = 1_000;
/** What ReadyForQuery looks like, with the state of the transaction after it. */
const READY = Buffer.from("Z\0\0\0\x05", "latin1");

/** The target and the login say who the session is. */
const IDENTITY: ReadonlySet<string> = new Set(["user", "database"]);
/** In a startup message these are not settings, and neither is what begins with `_pq_.`. */
const NO_SETTINGS: ReadonlySet<string> = new Set([...IDENTITY, "options", "replication"]);

/** One client's session with a server: opened as its target says, then bytes back and forth, unread. */
export class Session {
  /** Both sides are gone. */
  readonly closed: Promise<unknown>;
  private readonly server: Socket;
  private last: Buffer | undefined;

  constructor(
    private readonly client: Socket,
    private readonly target: Target,
    over: () => void,
  ) {
    this.server = connect({ path: target.socketPath, allowHalfOpen: true });
    this.closed = Promise.all([closing(client), closing(this.server)]);
    this.server.on("error", () => {});
    this.server.once("close", () => {
      over();
      target.release();
    });
    client.once("close", () => this.server.destroy());
  }

  /** From the startup message to the point where the server has let the role in, or has said why not. */
  async open(version: number, given: Parameters, login: Login): Promise<void> {
    this.server.write(startup(version, adjust(given, login, this.target)));
    const opening: Buffer[] = [];
    for (;;) {
      const message = await takeMessage(this.server, LONGEST_OPENING);
      // Postgres has these words for a server that is on its way up or down.
      if (message === undefined) throw new Refusal("57P03", "the database system is not accepting connections");
      if (isUnknownRole(message, this.target.user)) throw wrongPassword(login.user);
      opening.push(message.bytes);
      if (!precedesRole(message)) break;
    }
    this.client.write(Buffer.concat(opening));
    this.relay();
  }

  /** Ends it from our side. A client between two messages is told so; to another that would look like its answer. */
  drop(): void {
    if (isReady(this.last)) {
      const message = "terminating connection due to administrator command";
      this.client.write(fatal({ code: "57P01", message }));
      this.client.setTimeout(LAST_WORDS, () => this.client.destroy());
    } else {
      this.client.destroy();
    }
    this.server.destroy();
  }

  private relay(): void {
    const { client, server } = this;
    pour(client, server);
    pour(server, client);
    server.on("data", (chunk: Buffer) => {
      this.last = chunk;
    });
    // A client that says no more may still be reading. A server that says no more is gone.
    client.once("end", () => server.end());
    server.once("end", () => server.destroy());
    // After all that it said has been passed on.
    if (server.destroyed) client.destroySoon();
    else server.once("close", () => client.destroySoon());
  }
}

/**
 * The client's own message with the target's role and settings. Settings are parameters of their own and come last: the
 * server applies `options` first and then the parameters in their order, so no spelling of the same setting in what the
 * client sends comes after ours.
 */
function adjust(given: Parameters, login: Login, target: Target): Parameters {
  const settings = Object.entries(target.settings);
  const wrong = settings.find(([name]) => NO_SETTINGS.has(name) || name.startsWith("_pq_."));
  if (wrong !== undefined) throw new Refusal("42704", `unrecognized configuration parameter "${wrong[0]}"`);
  return [
    ["user", target.user],
    ["database", login.database],
    ...given.filter(([name]) => !IDENTITY.has(name)),
    ...settings,
  ];
}

/** The server says AuthenticationOk before it looks for the role. */
function precedesRole({ type, bytes }: Message): boolean {
  const isAuthenticationOk = type === "R" && bytes.length === 9 && bytes.readInt32BE(5) === 0;
  const isNegotiation = type === "v";
  const isNotice = type === "N";
  return isAuthenticationOk || isNegotiation || isNotice;
}

/** By its text too, since a role that may not log in has the same code, and its owner should know. */
function isUnknownRole(message: Message, role: string): boolean {
  return (
    message.type === "E" &&
    errorField(message, "C") === "28000" &&
    errorField(message, "M") === `role "${role}" does not exist`
  );
}

function pour(from: Socket, to: Socket): void {
  from.on("data", (chunk: Buffer) => {
    to.write(chunk);
    if (to.writableLength > MUCH) from.pause();
  });
  to.on("drain", () => {
    if (from.isPaused()) from.resume();
  });
}

function isReady(chunk: Buffer | undefined): boolean {
  return chunk !== undefined && chunk.length >= 6 && chunk.subarray(-6, -1).equals(READY);
}

/** Unlike `once` it does not mind errors, of which the end is the only one that matters. */
function closing(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}
