import { invalid, required } from "../errors";
import { type Json, type JsonObject, textAt } from "../json";
import { body, duration, instant, list, message, oneOf, text } from "../shape";
import { parseInstant, parseSeconds } from "../values";

const SHORTEST_LIFE = 300;
const LONGEST_LIFE = 3_600;

/** Not a stored resource: the request is answered at once. */
export interface CredentialRequest {
  readonly endpoint: string;
  readonly expiresAt: number;
  readonly claims: Json | undefined;
}

const input = body({
  endpoint: text(1),
  ttl: duration(SHORTEST_LIFE, LONGEST_LIFE),
  expire_time: instant,
  claims: list(message({ permission_set: oneOf("READ_ONLY"), resources: list(message({ table_name: text(1) })) })),
});

export function readCredentialRequest(value: JsonObject, now: number): CredentialRequest {
  const request = input(value);
  const endpoint = textAt(request, "endpoint");
  if (endpoint === undefined) throw required("endpoint");
  const ttl = parseSeconds(textAt(request, "ttl") ?? "");
  const expireTime = parseInstant(textAt(request, "expire_time") ?? "");
  if (ttl !== undefined && expireTime !== undefined) throw invalid("Only one of ttl, expire_time may be set");
  const seconds = ttl ?? (expireTime === undefined ? LONGEST_LIFE : (expireTime - now) / 1_000);
  if (seconds < SHORTEST_LIFE || seconds > LONGEST_LIFE) {
    throw invalid(`Field 'expire_time' must be between ${SHORTEST_LIFE}s and ${LONGEST_LIFE}s from now`);
  }
  return { endpoint, expiresAt: now + seconds * 1_000, claims: request["claims"] };
}
