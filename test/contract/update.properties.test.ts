/** For any two declarations a and b: the update that leads from a to b, sent to the emulator, gives what creating b gives. */
import fc from "fast-check";
import { DeclaredStack } from "../../provider/pulumi/stack";
import type { AnyDefinition } from "../../provider/schema/definition";
import { projectOf } from "../../provider/schema/name";
import { creation, plan, removedWithoutDefault } from "../../provider/schema/plan";
import { asArguments } from "../../provider/schema/service";
import { setAt, valueAt } from "../../provider/schema/unknown";
import { useEmulator } from "../support/emulator.ts";
import { declarations, isMutable } from "../unit/support/arbitraries";
import { checked } from "../unit/support/checking";
import { resources, type Values } from "../unit/support/resources";

const emulator = useEmulator();

let count = 0;

/** A project of its own for each object, so that no two of them meet. */
function place(definition: AnyDefinition): Values {
  const projectId = `p${count++}`;
  if (definition.type === "Project") return { projectId };
  const parent = `projects/${projectId}`;
  if (definition.type === "Branch") return { parent, branchId: "dev" };
  return { parent: `${parent}/branches/production`, endpointId: "replica", endpointType: "ENDPOINT_TYPE_READ_ONLY" };
}

/** The mutable part of a declaration, with moments that the service takes today and without names of other objects. */
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
function within(definition: AnyDefinition, where: Values): { readonly stack: DeclaredStack } {
  const stack = new DeclaredStack();
  if (definition.nested) {
    stack.declare({ type: "Project", logicalName: "shop", name: projectOf(String(where["parent"])), args: {} });
  }
  return { stack };
}

async function create(definition: AnyDefinition, where: Values, args: Values): Promise<string> {
  const inputs = checked(definition, { ...where, ...args }).inputs;
  const name = String(inputs["name"]);
  const above = projectOf(name);
  if (above !== name) await emulator.outside("POST", `projects?project_id=${above.split("/").at(-1)}`, { spec: {} });
  const collection = name.slice(0, name.lastIndexOf("/"));
  const id = `${definition.type.toLowerCase()}_id=${name.split("/").at(-1)}`;
  await emulator.outside("POST", `${collection}?${id}`, creation(definition, inputs));
  return name;
}

test.each(resources)(
  "$type",
  async (definition) => {
    const any = declarations(definition).map((args) => mutable(definition, args));
    const pair = fc
      .tuple(any, any)
      .map(([a, b]) => [a, keepWhatCannotGo(definition, a, b)] as const)
      .filter((both) => both.every((args) => isRight(definition, args)));
    await fc.assert(
      fc.asyncProperty(pair, async ([a, b]) => {
        const [at, other] = [await place(definition), await place(definition)];
        fc.pre(
          [a, b].every((args) => checked(definition, { ...at, ...args }, within(definition, at)).failures.length === 0),
        );
        const name = await create(definition, at, a);
        const [before, after] = [a, b].map((args) => checked(definition, { ...at, ...args }).inputs);
        const { mask, body } = plan(definition, before ?? {}, after ?? {}, project);
        if (mask.length > 0) await emulator.outside("PATCH", `${name}?update_mask=${mask.join(",")}`, body);
        const changed = await emulator.outside("GET", name);
        const fresh = await emulator.outside("GET", await create(definition, other, b));
        expect(comparable(definition, changed)).toEqual(comparable(definition, fresh));
      }),
      { numRuns: 40 },
    );
  },
  60_000,
);

function isRight(definition: AnyDefinition, args: Values): boolean {
  const where = place(definition);
  return checked(definition, { ...where, ...args }, within(definition, where)).failures.length === 0;
}

/** An argument whose default is not known can only be changed. */
function keepWhatCannotGo(definition: AnyDefinition, a: Values, b: Values): Values {
  const kept = structuredClone(b) as Record<string, unknown>;
  for (const { field } of removedWithoutDefault(definition, a, b, project))
    setAt(kept, field.path, valueAt(a, field.path));
  return kept;
}

/** What the service says of an object, without its own name and moments. */
function comparable(definition: AnyDefinition, resource: Values): Values {
  const {
    projectId: _,
    parent: __,
    expireTime,
    displayName,
    defaultBranch,
    sourceBranch,
    ...args
  } = asArguments(definition, resource);
  const { sourceBranchLsn: ___, sourceBranchTime: ____, ttl, ...rest } = args;
  return {
    ...rest,
    expires: (expireTime ?? ttl) !== undefined,
    displayName: isOwnId(displayName) ? "its id" : displayName,
  };
}

function isOwnId(displayName: unknown): boolean {
  return /^p\d+$/.test(String(displayName));
}
