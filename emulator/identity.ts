import { randomBytes } from "node:crypto";
import { decodeJwt, jwtVerify, SignJWT } from "jose";
import type { Clock } from "./clock";
import { invalid, unauthenticated } from "./errors";
import type { JsonObject } from "./json";

/** Obviously no secret: it opens nothing but this emulator. */
export const EMULATOR_TOKEN = "dapi-emulator-not-a-secret";
export const EMULATOR_USER = "emulator@example.com";

const ACCESS_TOKEN_SECONDS = 3_600;
const API = "databricks-api";
const POSTGRES = "lakebase-postgres";

/** What a token for Postgres says. */
export interface Credential {
  readonly user: string;
  /** Full name of the endpoint that it was asked for. */
  readonly endpoint: string;
  readonly readOnly: boolean;
}

/** Who calls, and the tokens that are handed out. The key lives as long as the process. */
export class Identity {
  private readonly key = randomBytes(32);

  constructor(private readonly clock: Clock) {}

  /** The name of the caller: an e-mail address, or the application id of a service principal. */
  async caller(authorization: string | undefined): Promise<string> {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];
    if (token === undefined)
      throw unauthenticated("Credential was not sent or was of an unsupported type for this API.");
    if (token === EMULATOR_TOKEN) return EMULATOR_USER;
    try {
      const { payload } = await jwtVerify(token, this.key, {
        audience: API,
        currentDate: new Date(this.clock.now()),
      });
      return payload.sub ?? EMULATOR_USER;
    } catch {
      throw unauthenticated("Invalid access token.");
    }
  }

  /** A password for Postgres: a token whose subject is the caller's role. */
  credential(caller: string, endpoint: string, expiresAt: number, claims: unknown): Promise<string> {
    return this.sign({ endpoint, claims }, caller, POSTGRES, expiresAt);
  }

  /** What a password says when it is a token of `credential` that has not expired. */
  async readCredential(password: string): Promise<Credential | undefined> {
    try {
      const { payload } = await jwtVerify(password, this.key, {
        audience: POSTGRES,
        currentDate: new Date(this.clock.now()),
      });
      const { sub, endpoint, claims } = payload;
      if (sub === undefined || typeof endpoint !== "string") return undefined;
      return { user: sub, endpoint, readOnly: Array.isArray(claims) && claims.length > 0 };
    } catch {
      return undefined;
    }
  }

  /** Answers a token request: any client id with any secret is let in, as is any subject token. */
  async exchange(form: URLSearchParams, authorization: string | undefined): Promise<JsonObject> {
    const grant = form.get("grant_type");
    if (grant === "client_credentials") {
      // A string here, as the databricks/cli testserver has it; clients must take both.
      return this.access(basicUser(authorization), String(ACCESS_TOKEN_SECONDS));
    }
    if (grant === "urn:ietf:params:oauth:grant-type:token-exchange") {
      const subject = form.get("subject_token") ?? "";
      if (subject === "") throw invalid("subject_token is missing");
      return this.access(form.get("client_id") ?? subjectOf(subject), ACCESS_TOKEN_SECONDS);
    }
    throw invalid(`unsupported grant_type '${grant ?? ""}'`);
  }

  private async access(caller: string, expiresIn: string | number): Promise<JsonObject> {
    const token = await this.sign({}, caller, API, this.clock.now() + ACCESS_TOKEN_SECONDS * 1_000);
    return { access_token: token, expires_in: expiresIn, scope: "all-apis", token_type: "Bearer" };
  }

  private sign(claims: Record<string, unknown>, subject: string, audience: string, expiresAt: number): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .setSubject(subject)
      .setAudience(audience)
      .setIssuedAt(Math.floor(this.clock.now() / 1_000))
      .setExpirationTime(Math.floor(expiresAt / 1_000))
      .setJti(randomBytes(8).toString("hex"))
      .sign(this.key);
  }
}

function basicUser(authorization: string | undefined): string {
  const encoded = /^Basic (\S+)$/i.exec(authorization ?? "")?.[1] ?? "";
  const [user = "", secret = ""] = Buffer.from(encoded, "base64").toString().split(":");
  if (user === "" || secret === "") throw unauthenticated("client authentication failed");
  return user;
}

/** Account-wide federation sends no client id: the subject of the foreign token is the user. */
function subjectOf(token: string): string {
  try {
    return decodeJwt(token).sub ?? EMULATOR_USER;
  } catch {
    return EMULATOR_USER;
  }
}

/** SCIM's description of the caller; a service principal's userName is its application id. */
export function describeCaller(caller: string): JsonObject {
  const isUser = caller.includes("@");
  return {
    id: isUser ? "1000000000000001" : "1000000000000002",
    userName: caller,
    displayName: caller,
    active: true,
    emails: isUser ? [{ value: caller, type: "work", primary: true }] : undefined,
  };
}
