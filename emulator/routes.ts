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
  return parent === "" ? `${collection.segment}/${id}` : `${parent}/${collection.segment}/${id}`;
}

/** Walks the path down the tree of collections. Slashes within an operation's id belong to the id. */
export function findRoute(collections: readonly Collection[], path: string): Route | undefined {
  const segments = path.split("/");
  let owner: Collection | undefined;
  let id = "";
  let parent = "";
  for (let index = 0; index < segments.length; index += 2) {
    const segment = segments[index];
    const rest = segments.slice(index + 1);
    if (owner !== undefined && segment === "operations") {
      return rest.join("/") === "" ? undefined : { kind: "operation", name: path };
    }
    if (owner?.keeps !== undefined && segment === "undelete" && rest.length === 0) {
      return { kind: "undelete", collection: owner, parent, id };
    }
    const next = collections.find((known) => known.segment === segment && known.parent === owner?.type);
    if (next === undefined) return undefined;
    parent = segments.slice(0, index).join("/");
    id = rest[0] ?? "";
    if (rest.length === 0) return { kind: "list", collection: next, parent };
    if (id === "") return undefined;
    owner = next;
  }
  return owner === undefined ? undefined : { kind: "item", collection: owner, parent, id };
}
