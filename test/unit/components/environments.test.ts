/** What the resources inside of `Environments` are told, after the program's own word on them. */
import * as pulumi from "@pulumi/pulumi";
import { Environments, type EnvironmentsArgs, type Transform } from "../../../provider/index";

type Options = pulumi.CustomResourceOptions;

beforeAll(() =>
  pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: name, state: { name, ...inputs } }),
    call: () => ({}),
  }),
);

const environments: EnvironmentsArgs["environments"] = {
  production: { roles: { constructor: {} } },
  dev: { replicas: 1, roles: { app: {} }, databases: { orders: { role: "app" }, more: { role: "constructor" } } },
};

/** The last word on each resource inside of the environment `dev` beside its branch, by name. */
function insideOf(transform: Transform, more: Partial<EnvironmentsArgs> = {}): ReadonlyMap<string, Options> {
  const seen = new Map<string, Options>();
  const watching: Transform = (inner) => {
    const last = transform(inner) ?? inner;
    if (inner.environment === "dev" && inner.type !== "Branch") seen.set(inner.name, last.options);
    return last;
  };
  new Environments("shop", { projectId: "shop", environments, ...more, transform: watching });
  return seen;
}

/** A transform of the branch `dev` alone. */
function ofBranch(args: object, options: Options): Transform {
  return (inner) =>
    inner.type === "Branch" && inner.environment === "dev"
      ? { ...inner, args: { ...inner.args, ...args }, options: { ...inner.options, ...options } }
      : undefined;
}

const names = ["shop-dev", "shop-dev-app", "shop-dev-more", "shop-dev-orders", "shop-dev-reader-1"];

test("what is in a branch goes with it", () => {
  const inside = insideOf(() => {});
  expect([...inside.keys()].toSorted()).toEqual(names);
  for (const { deletedWith, protect, retainOnDelete } of inside.values()) {
    expect(deletedWith).toBeInstanceOf(pulumi.CustomResource);
    expect([protect, retainOnDelete]).toEqual([undefined, undefined]);
  }
});

test.each<[string, object, Options, Options]>([
  ["Pulumi protects", {}, { protect: true }, { protect: true }],
  ["stays when it is deleted here", {}, { retainOnDelete: true }, { retainOnDelete: true }],
  ["is not to be deleted", { deletionProtection: true }, {}, { protect: true }],
  ["the service protects", { isProtected: true }, {}, {}],
  ["may be protected", { isProtected: pulumi.output(true) }, {}, {}],
  ["may have been there before", { adopt: true, deleteOnRelease: true }, {}, {}],
  ["is the root", { branchId: "production" }, {}, {}],
])(
  "what is in a branch that %s after the transform is not forgotten with it, and shares its fate",
  (_, args, options, want) => {
    const inside = insideOf(ofBranch(args, options));
    expect([...inside.keys()].toSorted()).toEqual(names);
    for (const { deletedWith, protect, retainOnDelete } of inside.values()) {
      expect(deletedWith).toBeUndefined();
      expect({ protect, retainOnDelete }).toEqual({ protect: undefined, retainOnDelete: undefined, ...want });
    }
  },
);

test("a transform that lets the branch go lets go of what is in it", () => {
  const unprotected = ofBranch({ isProtected: false, deletionProtection: false }, { protect: false });
  const production = { ...environments.production, isProtected: false };
  const dev = { ...environments["dev"], isProtected: true, deletionProtection: true };
  const inside = insideOf(unprotected, { environments: { production, dev } });
  expect([...inside.keys()].toSorted()).toEqual(names);
  for (const { deletedWith, protect } of inside.values()) {
    expect(deletedWith).toBeInstanceOf(pulumi.CustomResource);
    expect(protect).toBeUndefined();
  }
});

test("a role of the source is found by its name, whatever objects have of that name", async () => {
  const owners: unknown[] = [];
  insideOf((inner) => {
    if (inner.type === "Database" && inner.name.endsWith("more") && "role" in inner.args) owners.push(inner.args.role);
  });
  const owner = await new Promise((resolve) => pulumi.output(owners).apply(([one]) => resolve(one)));
  expect(owner).toBe("shop-dev/roles/constructor");
});
