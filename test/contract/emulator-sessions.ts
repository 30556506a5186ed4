/** Sessions with the emulator's computes, as clients open them: found through the API, signed in with a token. */
import { readFileSync } from "node:fs";
import { type ClientConfig, Client as PgClient } from "pg";
import type { Client } from "./emulator-client";

/** Who the emulator's own token belongs to. */
export const USER = "emulator@example.com";

export class Sessions {
  private readonly open: PgClient[] = [];

  constructor(private readonly client: () => Client) {}

  /** Signed in as a role of that name; a service principal's application id, or the owner of the emulator's token. */
  async connect(endpoint: string, identity: string = USER, config: ClientConfig = {}): Promise<PgClient> {
    const client = this.client();
    const { hosts } = (await client.ok("GET", endpoint)).status;
    const session = new PgClient({
      host: hosts.host,
      user: identity,
      database: "databricks_postgres",
      password: await this.token(endpoint, identity),
      ssl: { ca: readFileSync(client.emulator.ca ?? "", "utf8") },
      ...config,
    });
    session.on("error", () => {});
    await session.connect();
    this.open.push(session);
    return session;
  }

  /** Runs a statement in a session of its own; rows of one column as their values. */
  async sql(endpoint: string, text: string, identity?: string, config?: ClientConfig): Promise<unknown[]> {
    const session = await this.connect(endpoint, identity, config);
    try {
      return await rows(session, text);
    } finally {
      this.open.splice(this.open.indexOf(session), 1);
      await session.end();
    }
  }

  /** For the API, of a service principal. */
  async accessToken(application: string): Promise<string> {
    const signedIn = await this.client().raw("POST", "/oidc/v1/token", {
      headers: { authorization: `Basic ${btoa(`${application}:fake-secret`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials", scope: "all-apis" }),
    });
    return signedIn.body.access_token;
  }

  async end(): Promise<void> {
    await Promise.all(this.open.splice(0).map((session) => session.end()));
  }

  private async token(endpoint: string, identity: string): Promise<string> {
    const client = this.client();
    const body = JSON.stringify({ endpoint });
    if (identity === USER) return (await client.ok("POST", "credentials", { endpoint })).token;
    const headers = { authorization: `Bearer ${await this.accessToken(identity)}` };
    return (await client.raw("POST", "/api/2.0/postgres/credentials", { headers, body })).body.token;
  }
}

export async function rows(session: PgClient, text: string): Promise<unknown[]> {
  const answer = await session.query<unknown[]>({ text, rowMode: "array" });
  return answer.rows.map((row) => (row.length === 1 ? row[0] : row));
}

/** Asks until it is so; the test's own time limit ends it. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo()));
}
