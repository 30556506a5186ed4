/** What exists in a workspace, as the service shows each object, with what is below it. */
import type { Client } from "../api/client";
import { ApiError } from "../api/errors";
import { Gate } from "../api/gate";
import { valueAt } from "../schema/unknown";
import { read } from "./address";
import { Failure } from "./failure";

export type Wire = Readonly<Record<string, unknown>>;

/** `null`: may not be listed. Absent: the workspace does not have this kind of object. */
export type Listed = readonly Wire[] | null | undefined;

export interface Branch extends Wire {
  readonly endpoints?: Listed;
  readonly roles?: Listed;
  readonly databases?: Listed;
}

export interface Project extends Wire {
  readonly branches?: readonly Branch[] | null | undefined;
  readonly snapshots?: Listed;
}

export interface InventoryOptions {
  /** Ids of the projects that are asked for; all when there are none. */
  readonly projects: readonly string[];
  /** Also what is deleted and can still be brought back. */
  readonly deleted: boolean;
}

/** Requests at a time: the SDKs of Databricks keep to 15 a second (databricks-sdk-go, 2026-08). */
const atOnce = 8;

export async function inventory(client: Client, options: InventoryOptions): Promise<readonly Project[]> {
  return new Survey(client, options).projects();
}

class Survey {
  readonly #client: Client;
  readonly #options: InventoryOptions;
  readonly #gate = new Gate(atOnce);

  constructor(client: Client, options: InventoryOptions) {
    this.#client = client;
    this.#options = options;
  }

  async projects(): Promise<readonly Project[]> {
    return Promise.all((await this.#wanted()).map((project) => this.#project(project)));
  }

  async #wanted(): Promise<readonly Wire[]> {
    const { projects, deleted } = this.#options;
    const names = projects.map((id) => `projects/${id}`);
    // One that is deleted is only ever found in the list.
    if (names.length > 0 && !deleted) return Promise.all(names.map((name) => read(this.#client, name)));
    const all = await this.#client.list("projects", this.#alsoDeleted());
    if (names.length === 0) return all;
    return names.map((name) => {
      const found = all.find((project) => project["name"] === name);
      if (!found)
        throw new Failure(
          `${name} does not exist, not as a deleted one either; 'pulumi-lakebase tree --deleted' shows what does`,
        );
      return found;
    });
  }

  async #project(project: Wire): Promise<Project> {
    if (deletionOf(project)) return project;
    const [branches, snapshots] = await Promise.all([
      this.#below(project, "branches", this.#alsoDeleted()),
      this.#below(project, "snapshots"),
    ]);
    return {
      ...project,
      branches: branches && (await Promise.all(branches.map((branch) => this.#branch(branch)))),
      snapshots,
    };
  }

  async #branch(branch: Wire): Promise<Branch> {
    if (deletionOf(branch)) return branch;
    const [endpoints, roles, databases] = await Promise.all([
      this.#below(branch, "endpoints"),
      this.#below(branch, "roles"),
      this.#below(branch, "databases"),
    ]);
    return { ...branch, endpoints, roles, databases };
  }

  #alsoDeleted(): Readonly<Record<string, string>> {
    return this.#options.deleted ? { show_deleted: "true" } : {};
  }

  async #below(parent: Wire, kind: string, query: Readonly<Record<string, string>> = {}): Promise<Listed> {
    try {
      return await this.#gate.pass(() => this.#client.list(`${parent["name"]}/${kind}`, query));
    } catch (failure) {
      // Snapshots, for one, are not offered everywhere yet; and what is deleted meanwhile has nothing below it.
      if (failure instanceof ApiError && failure.status === 404) return undefined;
      if (failure instanceof ApiError && failure.status === 403) return null;
      throw failure;
    }
  }
}

/** The last part of a full name. */
export function lastOf(name: unknown): string {
  return String(name).split("/").at(-1) ?? "";
}

export function statusOf(resource: Wire, ...path: readonly string[]): unknown {
  return valueAt(resource, ["status", ...path]);
}

export interface Deletion {
  readonly deleted: string;
  /** When the service forgets it; until then it holds its id. */
  readonly purged: string | undefined;
}

/** Of a project it stands at the top, of a branch in its status (API reference, 2026-08). */
export function deletionOf(resource: Wire): Deletion | undefined {
  const time = (key: string) => [resource[key], statusOf(resource, key)].find((value) => typeof value === "string");
  const deleted = time("delete_time");
  return typeof deleted === "string" ? { deleted, purged: time("purge_time") as string | undefined } : undefined;
}
