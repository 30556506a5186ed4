/** What a client said when it signed in. */
export interface Login {
  readonly user: string;
  readonly database: string;
  readonly password: string;
  /** The host name that it asked for in the TLS handshake (SNI). */
  readonly serverName: string | undefined;
}

/** Where a session goes. */
export interface Target {
  /** Path of the unix socket of the running server, which trusts whoever reaches it. */
  readonly socketPath: string;
  /** Role to open the session as; usually the login's user. */
  readonly user: string;
  /** Settings that the session starts with. They win over the client's own. */
  readonly settings: Readonly<Record<string, string>>;
  /** Called exactly once, when the session is over, whichever way. */
  release(): void;
}

/** Who comes in, and where to. */
export interface Door {
  /** Lets a client in, waking the compute when it sleeps; throws a Refusal. */
  admit(login: Login): Promise<Target>;
  /** Socket paths of the servers that a cancel request could be for. */
  running(): readonly string[];
}

/** A client is told of it in Postgres's own way. */
export class Refusal extends Error {
  constructor(
    /** SQLSTATE. */
    readonly code: string,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
    this.name = "Refusal";
  }
}

/** The same for a wrong password and for a role that is not there, as Postgres answers. */
export function wrongPassword(user: string): Refusal {
  return new Refusal("28P01", `password authentication failed for user "${user}"`);
}
