import { invalid } from "./errors";
import type { Stored } from "./stored";

/** Projects document 100 as the most; the default is unspecified, so it is the same here. */
const LARGEST_PAGE = 100;

export interface Page {
  readonly items: readonly Stored[];
  readonly nextToken: string | undefined;
}

/** One page of `items`, which are in creation order; the token is opaque to clients and survives deletions. */
export function page(items: readonly Stored[], size: string | undefined, token: string | undefined): Page {
  const wanted = readSize(size);
  const after = readToken(token);
  const rest = items.filter((item) => item.sequence > after);
  const shown = rest.slice(0, wanted);
  const last = shown.at(-1);
  return { items: shown, nextToken: rest.length > wanted && last !== undefined ? writeToken(last) : undefined };
}

function readSize(size: string | undefined): number {
  if (size === undefined || size === "") return LARGEST_PAGE;
  const wanted = Number(size);
  if (!Number.isInteger(wanted) || wanted < 0)
    throw invalid(`Field 'page_size' must be a whole number that is not negative, got ${size}`);
  return wanted === 0 ? LARGEST_PAGE : Math.min(wanted, LARGEST_PAGE);
}

function writeToken(last: Stored): string {
  return Buffer.from(`after ${last.sequence}`).toString("base64url");
}

function readToken(token: string | undefined): number {
  if (token === undefined || token === "") return 0;
  const sequence = /^after (\d+)$/.exec(Buffer.from(token, "base64url").toString())?.[1];
  if (sequence === undefined) throw invalid("Field 'page_token' is no token of this list");
  return Number(sequence);
}
