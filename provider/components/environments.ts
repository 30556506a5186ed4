/** A project with its environments, from one table. */
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { environmentsOf } from "../environments/environment";
import { readTableFile } from "../environments/file";
import { sentence } from "../environments/mistake";
import { readTable } from "../environments/read";
import { shapeOf } from "../environments/shape";
import type { EnvironmentTable } from "../environments/table";
import { type Environment, kept, type Made, makeEnvironment, type Project, toldAlike } from "./environment";
import { maker, type Transform } from "./transform";

/** What a table says in plain values, and: */
export type EnvironmentsArgs<Key extends string = string> = EnvironmentTable<Key> & {
  /** Called for each resource inside before it is made; what it returns is made. Its `environment` is the key, and absent for what is the project's. */
  readonly transform?: Transform | undefined;
};

/**
 * A project with `production`, which is protected, and other environments, from one table. Each environment is a branch
 * with a compute, and with read replicas, roles, databases and migrations as the table says. A branch is made once its
 * source has its own roles, databases and migrations, so that it has them too.
 *
 * ```ts
 * const shop = new lakebase.Environments("shop", {
 *   projectId: "shop",
 *   environments: {
 *     production: {
 *       preset: "highAvailability",
 *       replicas: 2,
 *       roles: { app: {} },
 *       databases: { orders: { role: "app" } },
 *     },
 *     staging: { preset: "standard" },
 *     dev: { preset: "small", sourceEnvironment: "staging" },
 *   },
 * });
 * export const { uri } = shop.environments.production.connection({ database: "orders", role: "app" });
 * ```
 *
 * A preview prints the table as a tree, as it is before `transform`, with the sizes of all computes and the least and most
 * CU-hours that they cost in a month of 730 h. A compute that sleeps may cost nothing, and so may one whose branch expires.
 *
 * What is wrong with the table is told at once, each mistake with its place. An environment that is taken out of the table
 * is deleted, with its data. The project and all that is in `production` are kept until the table says
 * `deletionProtection: false`, also from a `pulumi destroy`, which deletes the other environments alone.
 */
export class Environments<Key extends string = string> extends pulumi.ComponentResource {
  /** The project. */
  readonly project: Project;
  /** The environments by key. */
  readonly environments: { readonly [K in Key | "production"]: Environment };

  constructor(name: string, args: EnvironmentsArgs<Key>, options?: pulumi.ComponentResourceOptions) {
    super("lakebase:index:Environments", name, {}, options);
    const { transform, ...written } = args;
    const { table, mistakes } = readTable(written);
    if (!table) throw new pulumi.RunError(mistakes.map((one) => `Environments '${name}': ${sentence(one)}`).join("\n"));
    if (pulumi.runtime.isDryRun()) void pulumi.log.info(shapeOf(table), this);

    const { environments: _, permissions, deletionProtection = true, ...own } = table;
    const make = maker(transform);
    this.project = make("Project", name, { ...own, deletionProtection }, { parent: this, ...kept(deletionProtection) });
    if (permissions) {
      make(
        "ProjectPermissions",
        name,
        { ...toldAlike(table), parent: this.project, accessControlList: permissions },
        { parent: this, ...kept(deletionProtection) },
      );
    }
    const made = new Map<string, Made>();
    for (const one of environmentsOf(table)) {
      made.set(one.key, makeEnvironment({ name, table, transform, project: this.project, parent: this, made }, one));
    }
    // The table has an entry for each key of its type, and one for production in any case.
    this.environments = Object.fromEntries(made) as unknown as typeof this.environments;
    this.registerOutputs({ project: this.project.name });
  }

  /**
   * The same from a file, YAML or JSON: its path counts from the program's directory, and what is given beside it counts
   * more than what it says. Mistakes in it are told with file, line and column.
   *
   * ```ts
   * const shop = lakebase.Environments.fromFile("shop", "environments.yaml");
   * export const { uri } = shop.environments.production.connection();
   * ```
   */
  static fromFile(
    name: string,
    path: string,
    args: Partial<EnvironmentsArgs> = {},
    options?: pulumi.ComponentResourceOptions,
  ): Environments {
    const { transform, ...given } = args;
    const { table, problems } = readTableFile(path, textOf(name, path), given);
    if (!table) throw new pulumi.RunError(problems.join("\n"));
    return new Environments(name, { ...table, transform }, options);
  }
}

function textOf(name: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (reason) {
    throw new pulumi.RunError(
      `Environments '${name}': ${path} cannot be read (${(reason as NodeJS.ErrnoException).code}); the path counts from the program's directory, ${process.cwd()}`,
    );
  }
}
