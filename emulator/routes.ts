import type { Collection } from "./collection";

/** What a path below `/api/2.0/postgres/` addresses. */
export type Route =
  | ({ readonly kind: "list" } & Listed)
  | ({ readonly kind: "item" } & Item)
  | ({ readonly kind: "undelete" } & Item)
  | { readonly kind: "operation"; readonly name: string };

export interface Listed {
  readonly collection: Collection;
  readonly parent: string;
}

export interface Item extends Listed {
  readonly id: string;
}

export function nameOf({ collection, parent, id }: Item): string {
  const place = parent === "" ? collection.segment : `${parent}/${collection.segment}`;
  return isSingleton(collection) ? place : `${place}/${id}`;
}

/** At most one under each parent, without an id. */
export function isSingleton(collection: Collection): boolean {
  return collection.idField === undefined;
}

/** The key of a collection's list; keys have no hyphens. */
export function keyOf(collection: Collection): string {
  return collection.segment.replaceAll("-", "_");
}

/** Walks the path down the tree of collections. Slashes within an operation's id belong to the id. */
export function findRoute(collections: readonly Collection[], path: string): Route | undefined {
  const segments = path.split("/");
  let owner: Item | undefined;
  for (let index = 0; index < segments.length; ) {
    const segment = segments[index];
    const rest = segments.slice(index + 1);
    if (owner !== undefined && segment === "operations") {
      return rest.join("/") === "" ? undefined : { kind: "operation", name: path };
    }
    if (owner?.collection.keeps !== undefined && segment === "undelete" && rest.length === 0) {
      return { kind: "undelete", ...owner };
    }
    const above = owner?.collection.type;
    const collection = collections.find((known) => known.segment === segment && known.parent === above);
    if (collection === undefined) return undefined;
    const parent = segments.slice(0, index).join("/");
    if (isSingleton(collection)) {
      owner = { collection, parent, id: "" };
      index += 1;
      continue;
    }
    const [id] = rest;
    if (id === undefined) return { kind: "list", collection, parent };
    if (id === "") return undefined;
    owner = { collection, parent, id };
    index += 2;
  }
  return owner === undefined ? undefined : { kind: "item", ...owner };
}
