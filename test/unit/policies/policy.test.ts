/** The rules as policies: what a pack is told of a resource and of a stack, shown as @pulumi/policy shows them. */
import { lakebasePolicies, type PolicySubject } from "../../../provider/policy";
import { typeToken } from "../../../provider/pulumi/shell";

type Props = Readonly<Record<string, unknown>>;

function subject(type: string, name: string, props: Props): PolicySubject {
  return { type: typeToken(type), name, urn: `urn:${name}`, props };
}

/** What is not known yet cannot be asked for. */
function unreadable(key: string): Props {
  return Object.defineProperty({}, key, {
    enumerable: true,
    get() {
      throw new Error(`${key} can't be known during preview`);
    },
  });
}

/** What all policies report of a run that is asked about some resources, and shown a stack of these and others. */
function reported(asked: readonly PolicySubject[], beside: readonly PolicySubject[] = []): readonly string[] {
  const policies = lakebasePolicies();
  const found: string[] = [];
  for (const one of asked) {
    for (const policy of policies)
      policy.validateResource(one, (message, urn = one.urn) => found.push(`${urn}: ${message}`));
  }
  for (const policy of policies) {
    policy.validateStack({ resources: [...asked, ...beside] }, (message, urn) => found.push(`${urn}: ${message}`));
  }
  return found;
}

const project = subject("Project", "shop", { projectId: "shop", name: "projects/shop" });

function production(isProtected?: boolean): PolicySubject {
  const props = { parent: "projects/shop", branchId: "production", name: "projects/shop/branches/production" };
  return subject("Branch", "production", isProtected === undefined ? props : { ...props, isProtected });
}

test("what one resource shows is told once, at that resource", () => {
  const found = reported([project, production(false)]);
  expect(found).toEqual([expect.stringMatching(/^urn:production: .* is declared unprotected/)]);
});

test("what the whole shows is told at the resource that has to change", () => {
  expect(reported([project])).toEqual([expect.stringMatching(/^urn:shop: .* without a protected production/)]);
  expect(reported([project, production()])).toEqual([
    expect.stringMatching(/^urn:production: .* not declared protected/),
  ]);
});

test("a resource beside a --target counts and is not accused", () => {
  expect(reported([project], [production(true)])).toEqual([]);
  const beside = subject("Project", "other", { projectId: "other", name: "projects/other" });
  expect(reported([], [beside])).toEqual([]);
});

test("a value that cannot be read yet is no violation, at any depth", () => {
  const half = subject("Project", "half", {
    name: "projects/half",
    initialBranchSpec: unreadable("isProtected"),
  });
  expect(reported([half, subject("Branch", "some", unreadable("branchId"))])).toEqual([]);
});

test("other resources are none of its business", () => {
  const other = { type: "random:index:Project", name: "x", urn: "urn:x", props: { historyRetentionDuration: "1d" } };
  expect(reported([other], [{ ...other, urn: "urn:y" }])).toEqual([]);
});

test("figures that make no sense are told before anything is judged", () => {
  expect(() => lakebasePolicies({ previewTtl: "for ever" })).toThrow(/previewTtl is "for ever", which is no duration/);
});
