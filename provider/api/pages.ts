/** Lists come in pages: what one holds, and which is next. */
import { ApiError, unreadable } from "./errors";

type Json = Readonly<Record<string, unknown>>;

/** Of a hundred objects each. An assumption: no workspace has a list this long, so whoever answers so has no end. */
const mostPages = 1_000;

/** Follows a list to its end, and gives up on one that has none. */
export class Pages {
  readonly #seen = new Set<string>();

  constructor(readonly collection: string) {}

  /** The objects of a page; what is none is left out. */
  items(page: Json): readonly Json[] {
    const items = page[(this.collection.split("/").at(-1) ?? "").replaceAll("-", "_")];
    return Array.isArray(items) ? items.filter(isObject) : [];
  }

  /** The token of the page after this one. */
  next(page: Json): string | undefined {
    const token = page["next_page_token"];
    if (typeof token !== "string" || token === "") return undefined;
    if (this.#seen.has(token) || this.#seen.size === mostPages) {
      const what = this.#seen.has(token) ? "one page twice" : `more than ${mostPages} pages`;
      throw new ApiError(`GET ${this.collection}`, 200, unreadable, `the answers name ${what}; try again`);
    }
    this.#seen.add(token);
    return token;
  }
}

function isObject(item: unknown): item is Json {
  return typeof item === "object" && item !== null && !Array.isArray(item);
}
