/** What the service really has, read past all faults, and how it compares with what a program declares. */
import { unlike, type Wire } from "./expected";
import { type Declared, namesOf, type Program, resolved } from "./program";

/** All that lives, by full name. */
export type World = ReadonlyMap<string, Wire>;

const api = "/api/2.0/postgres";

export class Truth {
  constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  async world(): Promise<World> {
    const world = new Map<string, Wire>();
    collect(await this.#get("/_emulator/state"), world);
    return world;
  }

  /** Read-only endpoints that are listed and cannot be read: nobody gets rid of them but with their branch. */
  async ghosts(world: World): Promise<ReadonlySet<string>> {
    const names = [...world.keys()].filter((name) => name.includes("/endpoints/reader-"));
    const found = await Promise.all(names.map((name) => this.#has(`${api}/${name}`)));
    return new Set(names.filter((_, index) => !found[index]));
  }

  /** What is not as the program declares it, one line each. */
  async differences(program: Program, everDeclared: ReadonlySet<string>): Promise<readonly string[]> {
    const world = await this.world();
    const ghosts = await this.ghosts(world);
    const names = namesOf(program);
    const declared = new Set(names.values());
    const lines: string[] = [];
    for (const one of program) {
      const name = names.get(one.key) ?? "";
      const args = resolved(one, names);
      const found = await this.#find(one, name, world);
      if (!found || ghosts.has(name)) lines.push(`${name} is missing`);
      else lines.push(...unlike(one, name, args, found));
    }
    for (const name of world.keys()) {
      if (everDeclared.has(name) && !declared.has(name) && !comesByItself(name) && !ghosts.has(name)) {
        lines.push(`${name} is there and not declared`);
      }
    }
    return lines;
  }

  async #find({ type }: Declared, name: string, world: World): Promise<Wire | undefined> {
    if (type === "ProjectPermissions") {
      const project = name.split("/")[1];
      return world.has(`projects/${project}`)
        ? this.#get(`/api/2.0/permissions/database-projects/${project}`)
        : undefined;
    }
    if (type === "SnapshotSchedule") {
      return world.has(name.replace(/\/[^/]*$/, "")) ? this.#get(`${api}/${name}`) : undefined;
    }
    return world.get(name);
  }

  async #get(path: string): Promise<Wire> {
    const response = await fetch(`${this.url}${path}`, { headers: { authorization: `Bearer ${this.token}` } });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Wire;
  }

  async #has(path: string): Promise<boolean> {
    const response = await fetch(`${this.url}${path}`, { headers: { authorization: `Bearer ${this.token}` } });
    await response.text();
    return response.ok;
  }
}

/** Who an object is: another one of the same name has another. */
export function identities(world: World): ReadonlyMap<string, string> {
  return new Map([...world].map(([name, { uid, create_time: made }]) => [name, String(uid ?? made)]));
}

/** What the service makes by itself, or always has. */
export function comesByItself(name: string): boolean {
  return /\/(branches\/production|endpoints\/primary|snapshot-schedule|permissions)$/.test(name);
}

function collect(value: unknown, world: Map<string, Wire>): void {
  if (Array.isArray(value)) for (const one of value) collect(one, world);
  else if (typeof value === "object" && value !== null) {
    const one = value as Wire;
    const { name } = one;
    if (typeof name === "string" && /^projects\//.test(name)) world.set(name, one);
    for (const [key, below] of Object.entries(one)) if (key !== "status" && key !== "settings") collect(below, world);
  }
}
