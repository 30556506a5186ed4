/** For any two declarations a and b: the update that leads from a to b, sent to the emulator, gives what creating b gives. */
import fc from "fast-check";
import { DeclaredStack } from "../../provider/pulumi/stack";
import type { AnyDefinition } from "../../provider/schema/definition";
import { collectionOf, idQuery, projectOf } from "../../provider/schema/name";
import { creation, plan, removedWithoutDefault } from "../../provider/schema/plan";
import { asArguments } from "../../provider/schema/service";
import { setAt, valueAt } from "../../provider/schema/unknown";
import { useEmulator } from "../support/emulator.ts";
import { declarations, isMutable } from "../unit/support/arbitraries";
import { checked } from "../unit/support/checking";
import { resources, type Values } from "../unit/support/resources";

const emulator = useEmulator();

let count = 0;

const production = (project: string) => `${project}/branches/production`;

/** The arguments that say which one it is, in a project of its own, so that no two of them meet. */
const places: Readonly<Record<string, (project: string) => Values>> = {
  Project: (project) => ({ projectId: project.split("/").at(-1) }),
  Branch: (project) => ({ parent: project, branchId: "dev" }),
  Endpoint: (project) => ({
    parent: production(project),
    endpointId: "replica",
    endpointType: "ENDPOINT_TYPE_READ_ONLY",
  }),
  Role: (project) => ({ parent: production(project), postgresRole: "it" }),
  Database: (project) => ({ parent: production(project), databaseId: "it" }),
  DataApi: (project) => ({ parent: `${production(project)}/databases/databricks-postgres` }),
  SnapshotSchedule: (project) => ({ parent: production(project) }),
  ProjectPermissions: (project) => ({ parent: project }),
};

/** Those that the service can change at all. */
const each = resources
  .filter(({ slots }) => slots.some(isMutable))
  .map((definition) => ({ type: definition.type, definition, place: places[definition.type] ?? noPlace }));

function noPlace(): Values {
  throw new Error("a resource that can be changed needs its place in this test");
}

/** The mutable part of a declaration, with moments that the service takes today and with names of objects that there are. */
function mutable(definition: AnyDefinition, args: Values): Values {
  const kept: Record<string, unknown> = {};
  for (const { fields } of definition.slots.filter(isMutable)) {
    for (const { path } of fields) {
      const value = valueAt(args, path);
      if (value === undefined || path.at(-1) === "defaultBranch") continue;
      setAt(kept, path, path.at(-1) === "expireTime" ? nextWeek : value);
    }
  }
  return kept;
}

const nextWeek = new Date(Date.now() + 7 * 86_400_000).toISOString();
const project = { defaultEndpointSettings: {} };

/** The stack in which an object is declared: with its project, whose defaults are then known. */
function within({ nested }: AnyDefinition, name: string): { readonly stack: DeclaredStack } {
  const stack = new DeclaredStack();
  if (nested) stack.declare({ type: "Project", logicalName: "shop", name, args: {} });
  return { stack };
}

/** Ends a search that finds nothing. */
function soon<Found>(accepts: (one: Found) => boolean): (one: Found) => boolean {
  let refused = 0;
  return (one) => {
    const accepted = accepts(one);
    refused = accepted ? 0 : refused + 1;
    if (refused > 10_000) throw new Error(`nothing like ${JSON.stringify(one)} is accepted`);
    return accepted;
  };
}

/** A declaration at its place; an owner is one of that branch. */
function placed(where: Values, args: Values): Values {
  const { role } = args;
  const owner = typeof role === "string" && { role: `${where["parent"]}/roles/${role.split("/").at(-1)}` };
  return { ...where, ...args, ...owner };
}

/** What has to be there first. */
async function prepare(definition: AnyDefinition, above: string): Promise<void> {
  if (definition.type === "Project") return;
  await emulator.outside("POST", `projects?project_id=${above.split("/").at(-1)}`, { spec: {} });
  if (definition.type !== "Database") return;
  for (const owner of ["app", "ada"]) {
    await emulator.outside("POST", `${production(above)}/roles?role_id=${owner}`, { spec: { postgres_role: owner } });
  }
}

async function create(definition: AnyDefinition, inputs: Values): Promise<void> {
  const name = String(inputs["name"]);
  await prepare(definition, projectOf(name));
  const body = creation(definition, inputs);
  if (definition.permanent) return change(definition, name, Object.keys(body), body);
  const query = new URLSearchParams(idQuery(definition, inputs));
  await emulator.outside("POST", `${collectionOf(definition, name)}?${query}`, body);
}

async function change(definition: AnyDefinition, name: string, mask: readonly string[], body: Values): Promise<void> {
  if (mask.length === 0) return;
  const { foreign } = definition;
  if (foreign) await emulator.outside("PUT", foreign.path(name), foreign.write(body, managers));
  else await emulator.outside("PATCH", `${name}?update_mask=${mask.join(",")}`, body);
}

async function read(definition: AnyDefinition, name: string): Promise<Values> {
  const { foreign } = definition;
  if (!foreign) return emulator.outside("GET", name);
  return { name, ...foreign.read(await emulator.outside("GET", foreign.path(name)), managers) };
}

const managers = ["owner@example.test"];

test.each(each)(
  "$type",
  async ({ definition, place }) => {
    const check = (args: Values, at: string) => checked(definition, placed(place(at), args), within(definition, at));
    const isRight = (args: Values) => check(args, "projects/p").failures.length === 0;
    const any = declarations(definition)
      .map((args) => mutable(definition, args))
      .filter(soon(isRight));
    await fc.assert(
      fc.asyncProperty(any, any, async (a, wanted) => {
        const b = keepWhatCannotGo(definition, a, wanted);
        fc.pre(isRight(b));
        const [here, there] = [`projects/p${count++}`, `projects/p${count++}`];
        const [before, after, fresh] = [check(a, here), check(b, here), check(b, there)];
        await create(definition, before.inputs);
        const { mask, body, replaces } = plan(definition, before.inputs, after.inputs, project);
        expect(replaces).toEqual([]);
        await change(definition, String(before.inputs["name"]), mask, body);
        await create(definition, fresh.inputs);
        const [changed, made] = [before, fresh].map(({ inputs }) => read(definition, String(inputs["name"])));
        expect(comparable(definition, await changed)).toEqual(comparable(definition, await made));
      }),
      { numRuns: 40 },
    );
  },
  60_000,
);

/** An argument whose default is not known can only be changed. */
function keepWhatCannotGo(definition: AnyDefinition, a: Values, b: Values): Values {
  const kept = structuredClone(b) as Record<string, unknown>;
  for (const { field } of removedWithoutDefault(definition, a, b, project))
    setAt(kept, field.path, valueAt(a, field.path));
  return kept;
}

/** What the service says of an object, without the names of its own project and moments. */
function comparable(definition: AnyDefinition, resource: Values = {}): Values {
  const own = projectOf(String(resource["name"]));
  const args = JSON.parse(JSON.stringify(asArguments(definition, resource)).replaceAll(own, "projects/it"));
  const { projectId: _, sourceBranchLsn: __, sourceBranchTime: ___, expireTime, ttl, displayName, ...rest } = args;
  return {
    ...rest,
    expires: (expireTime ?? ttl) !== undefined,
    displayName: isOwnId(displayName) ? "its id" : displayName,
  };
}

function isOwnId(displayName: unknown): boolean {
  return /^p\d+$/.test(String(displayName));
}
