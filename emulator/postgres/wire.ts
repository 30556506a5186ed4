import type { Duplex } from "node:stream";

/** Codes that stand where a startup message has its protocol version (Postgres, src/include/libpq/pqcomm.h). */
export const SSL_REQUEST = 80877103;
export const GSS_REQUEST = 80877104;
export const CANCEL_REQUEST = 80877102;

/** As Postgres has it (pqcomm.h): more is no startup message. */
const LONGEST_STARTUP = 10_000;

/** The packet that a client begins with: a startup message, or one of the requests above. */
export interface Packet {
  readonly version: number;
  /** All of it, length included. */
  readonly bytes: Buffer;
}

/** One message after the first packet. */
export interface Message {
  readonly type: string;
  /** All of it, type and length included. */
  readonly bytes: Buffer;
}

export type Parameters = readonly (readonly [name: string, value: string])[];

/**
 * The next bytes, or undefined when the stream ends before them. The stream itself keeps what is not taken, so that
 * whoever reads it next finds all of that.
 */
export function take(stream: Duplex, length: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    function attempt(): void {
      const bytes: Buffer | null = stream.read(length);
      // At the end `read` gives what is left, however little.
      if (bytes !== null) settle(bytes.length === length ? bytes : undefined);
    }
    function settle(bytes: Buffer | undefined): void {
      stream.off("readable", attempt).off("end", over).off("close", over);
      resolve(bytes);
    }
    function over(): void {
      settle(undefined);
    }
    if (length === 0) return resolve(Buffer.alloc(0));
    if (stream.readableEnded || stream.destroyed) return resolve(undefined);
    // Listeners first: a stream that has ended says so right after the read that finds nothing.
    stream.on("readable", attempt).on("end", over).on("close", over);
    attempt();
  });
}

/** A client's first packet, or undefined when it sends none that Postgres would look at. */
export async function takePacket(stream: Duplex): Promise<Packet | undefined> {
  const head = await take(stream, 4);
  const length = head?.readInt32BE() ?? 0;
  if (head === undefined || length < 8 || length > LONGEST_STARTUP) return undefined;
  const body = await take(stream, length - 4);
  return body && { version: body.readInt32BE(), bytes: Buffer.concat([head, body]) };
}

/** The next message, or undefined when the stream ends first or the message claims to be longer than that. */
export async function takeMessage(stream: Duplex, longest: number): Promise<Message | undefined> {
  const head = await take(stream, 5);
  const length = head?.readInt32BE(1) ?? 0;
  if (head === undefined || length < 4 || length > longest) return undefined;
  const body = await take(stream, length - 4);
  return body && { type: head.toString("latin1", 0, 1), bytes: Buffer.concat([head, body]) };
}

/** The parameters of a startup message in their order, or undefined when its layout is broken. */
export function readParameters({ bytes }: Packet): Parameters | undefined {
  const texts = bytes.toString("utf8", 8).split("\0");
  // Name, value, …, an empty name, and what follows the last zero byte, which is nothing.
  if (texts.length % 2 !== 0 || texts.pop() !== "" || texts.pop() !== "") return undefined;
  const parameters: [string, string][] = [];
  for (let index = 0; index < texts.length; index += 2) {
    parameters.push([texts[index] ?? "", texts[index + 1] ?? ""]);
  }
  return parameters.some(([name]) => name === "") ? undefined : parameters;
}

export function startup(version: number, parameters: Parameters): Buffer {
  const body = Buffer.from(`${parameters.flat().map(terminated).join("")}\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(head.length + body.length);
  head.writeInt32BE(version, 4);
  return Buffer.concat([head, body]);
}

export function passwordRequest(): Buffer {
  const CLEARTEXT = Buffer.from([0, 0, 0, 3]);
  return message("R", CLEARTEXT);
}

/** The text of a password message. */
export function readPassword({ bytes }: Message): string {
  return bytes.toString("utf8", 5).replace(/\0.*$/s, "");
}

export interface Failure {
  /** SQLSTATE. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** The error after which a server hangs up. */
export function fatal(failure: Failure): Buffer {
  const fields = [`SFATAL`, `VFATAL`, `C${failure.code}`, `M${failure.message}`];
  if (failure.hint !== undefined) fields.push(`H${failure.hint}`);
  return message("E", Buffer.from(`${fields.map(terminated).join("")}\0`));
}

/** A field of an error that a server sent, by its letter: C is the SQLSTATE, M the message. */
export function errorField({ bytes }: Message, letter: string): string | undefined {
  const fields = bytes.toString("utf8", 5).split("\0");
  return fields.find((field) => field.startsWith(letter))?.slice(1);
}

export function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, "latin1");
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

/** A zero byte ends a text, so that one inside would make two of it. */
function terminated(text: string): string {
  return `${text.replaceAll("\0", "")}\0`;
}
