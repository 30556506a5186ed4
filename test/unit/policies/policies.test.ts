/** The rules of pulumi-lakebase/policy: what each says of a program, with its figures and without. */
import fc from "fast-check";
import { policyRules, violations } from "../../../provider/policies";
import { declared } from "../../../provider/policies/declared";
import type { Resource } from "../../../provider/policies/policy-rule";
import { type PolicyOptions, settingsOf } from "../../../provider/policies/settings";
import { typeToken } from "../../../provider/pulumi/shell";
import { unknownValue } from "../../../provider/schema/unknown";

const now = Date.parse("2030-01-01T12:00:00Z");
const shop = "projects/shop";
const later = (days: number) => new Date(now + days * 86_400_000).toISOString();

type Values = Readonly<Record<string, unknown>>;

function made(type: string, logicalName: string, inputs: Values): Resource {
  const resource = declared(typeToken(type), logicalName, inputs);
  if (resource === undefined) throw new Error(`${type} is not known`);
  return resource;
}

const project = (more: Values = {}) => made("Project", "shop", { projectId: "shop", name: shop, ...more });

function branch(id: string, more: Values = {}): Resource {
  return made("Branch", id, { parent: shop, branchId: id, name: `${shop}/branches/${id}`, ...more });
}

function primary(id: string, more: Values = {}): Resource {
  const parent = `${shop}/branches/${id}`;
  return made("Endpoint", `${id}-primary`, {
    parent,
    endpointId: "primary",
    name: `${parent}/endpoints/primary`,
    endpointType: "ENDPOINT_TYPE_READ_WRITE",
    ...more,
  });
}

const production = branch("production", { isProtected: true });

function said(resources: readonly Resource[], options: PolicyOptions = {}): readonly string[] {
  return violations(resources, [], settingsOf(options, now)).map(({ message }) => message);
}

const preview = "Branch 'preview-1' (projects/shop/branches/preview-1) is a preview";
const previewPrimary = "Endpoint 'preview-1-primary' (projects/shop/branches/preview-1/endpoints/primary)";
const small = "and computes of dev and preview branches to 4 at most";

interface Case {
  readonly name: string;
  readonly program: readonly Resource[];
  readonly options?: PolicyOptions;
  readonly want?: string;
}

const cases: readonly Case[] = [
  { name: "a production that is protected", program: [project(), production] },
  {
    name: "a production that is declared unprotected",
    program: [project(), branch("production", { isProtected: false })],
    want: "Branch 'production' (projects/shop/branches/production) is declared unprotected; write isProtected: true",
  },
  {
    name: "a production that says nothing",
    program: [branch("production")],
    want: "Branch 'production' (projects/shop/branches/production) is not declared protected; write isProtected: true",
  },
  {
    name: "a production that its project protects from the start",
    program: [project({ initialBranchSpec: { isProtected: true } }), branch("production")],
  },
  {
    name: "a project that protects its production from the start",
    program: [project({ initialBranchSpec: { isProtected: true } })],
  },
  {
    name: "a project without a production",
    program: [project({ initialBranchSpec: { isProtected: false } }), branch("staging")],
    want: "Project 'shop' (projects/shop) is declared without a protected production; declare its Branch 'production' with isProtected: true",
  },
  {
    name: "a protection that is not known yet",
    program: [project(), branch("production", { isProtected: unknownValue })],
  },
  {
    name: "a branch that may be the production, since its id is not known",
    program: [project(), made("Branch", "some", { parent: shop, branchId: unknownValue })],
  },
  {
    name: "a start that is not known yet",
    program: [project({ initialBranchSpec: { isProtected: unknownValue } }), branch("production")],
  },
  {
    name: "another branch that is production",
    program: [project(), branch("main", { isProtected: true })],
    options: { branches: { production: ["main"] } },
  },
  { name: "a preview with a ttl", program: [branch("preview-1", { ttl: "14d" })] },
  { name: "a preview with a ttl in seconds", program: [branch("preview-1", { ttl: "1209600s" })] },
  {
    name: "a preview with a long ttl",
    program: [branch("preview-1", { ttl: "15d" })],
    want: `${preview} with a ttl of 15d, and previews live 14d at most; shorten its ttl`,
  },
  {
    name: "a preview whose expiry is put off",
    program: [branch("preview-1", { slidingTtl: "7d", expireTime: later(30) })],
  },
  {
    name: "a preview whose expiry is put off for long",
    program: [branch("preview-1", { slidingTtl: "20d", expireTime: later(2) })],
    want: `${preview} with a slidingTtl of 20d, and previews live 14d at most; shorten its slidingTtl`,
  },
  { name: "a preview that expires at a moment", program: [branch("preview-1", { expireTime: later(14) })] },
  { name: "a preview that has expired", program: [branch("preview-1", { expireTime: later(-1) })] },
  {
    name: "a preview that expires late",
    program: [branch("preview-1", { expireTime: "2030-01-20T00:00:00Z" })],
    want: `${preview} with the expireTime 2030-01-20T00:00:00Z, and previews live 14d at most; shorten its expireTime`,
  },
  {
    name: "a preview without an end",
    program: [branch("preview-1")],
    want: `${preview} that never expires; give it a ttl of 14d or less`,
  },
  {
    name: "a preview that says it has no end",
    program: [branch("preview-1", { noExpiry: true })],
    options: { previewTtl: "36h" },
    want: `${preview} that never expires; give it a ttl of 36h or less`,
  },
  { name: "a ttl that is not known yet", program: [branch("preview-1", { ttl: unknownValue })] },
  { name: "a ttl that is a secret", program: [branch("preview-1", { ttl: "[secret]" })] },
  { name: "any other branch without an end", program: [branch("staging")] },
  {
    name: "another prefix of previews",
    program: [branch("pr-1"), branch("preview-1")],
    options: { branches: { preview: ["pr-*"] } },
    want: "Branch 'pr-1' (projects/shop/branches/pr-1) is a preview that never expires; give it a ttl of 14d or less",
  },
  { name: "a small compute of dev", program: [branch("dev"), primary("dev", { autoscalingLimitMaxCu: 4 })] },
  {
    name: "a large compute of dev",
    program: [branch("dev"), primary("dev", { autoscalingLimitMaxCu: 8 })],
    want: `Endpoint 'dev-primary' (projects/shop/branches/dev/endpoints/primary) may grow to 8 CU, ${small}; lower its autoscalingLimitMaxCu`,
  },
  {
    name: "a large compute of a preview",
    program: [primary("preview-1", { autoscalingLimitMaxCu: "16" })],
    want: `${previewPrimary} may grow to 16 CU, ${small}; lower its autoscalingLimitMaxCu`,
  },
  { name: "a size that is not known yet", program: [primary("dev", { autoscalingLimitMaxCu: unknownValue })] },
  {
    name: "a branch that is not known yet",
    program: [made("Endpoint", "e", { parent: unknownValue, autoscalingLimitMaxCu: 64 })],
  },
  { name: "a large compute of any other branch", program: [primary("staging", { autoscalingLimitMaxCu: 64 })] },
  {
    name: "a compute that its project makes large",
    program: [
      project({ defaultEndpointSettings: { autoscalingLimitMaxCu: 8 } }),
      production,
      branch("dev"),
      primary("dev"),
    ],
    want: `Endpoint 'dev-primary' (projects/shop/branches/dev/endpoints/primary) may grow to the 8 CU that Project 'shop' (projects/shop) gives its computes, ${small}; give it an autoscalingLimitMaxCu of 4 or less`,
  },
  {
    name: "a primary that is not declared and that its project makes large",
    program: [project({ defaultEndpointSettings: { autoscalingLimitMaxCu: 8 } }), production, branch("dev")],
    want: `Branch 'dev' (projects/shop/branches/dev) may grow to the 8 CU that Project 'shop' (projects/shop) gives its computes, ${small}; declare its Endpoint 'primary' and give it an autoscalingLimitMaxCu of 4 or less`,
  },
  {
    name: "a primary that may be declared",
    program: [
      project({ defaultEndpointSettings: { autoscalingLimitMaxCu: 8 } }),
      production,
      branch("dev"),
      made("Endpoint", "e", { parent: unknownValue, endpointId: "primary" }),
    ],
  },
  {
    name: "a preview's compute that sleeps",
    program: [primary("preview-1", { suspendTimeoutDuration: "5m" })],
  },
  {
    name: "a preview's compute that never sleeps",
    program: [primary("preview-1", { noSuspension: true })],
    want: `${previewPrimary} is a preview's and never sleeps; write suspendTimeoutDuration: "5m" instead of noSuspension`,
  },
  {
    name: "a preview's compute that its project keeps awake",
    program: [
      project({ defaultEndpointSettings: { noSuspension: true } }),
      production,
      branch("preview-1", { ttl: "1d" }),
      primary("preview-1"),
    ],
    want: `${previewPrimary} is a preview's and never sleeps, as Project 'shop' (projects/shop) says for its computes; give it a suspendTimeoutDuration, as "5m"`,
  },
  { name: "a compute of production that never sleeps", program: [primary("production", { noSuspension: true })] },
  { name: "the service's history", program: [project(), production] },
  {
    name: "a short history",
    program: [project({ historyRetentionDuration: "2d" }), production],
    want: `Project 'shop' (projects/shop) keeps 2d of history, and 7d is the least; write historyRetentionDuration: "7d" or more`,
  },
  {
    name: "the service's history where more is asked for",
    program: [project(), production],
    options: { history: "14d" },
    want: `Project 'shop' (projects/shop) keeps 7d of history, the service's default, and 14d is the least; write historyRetentionDuration: "14d" or more`,
  },
  {
    name: "a history that is not known yet",
    program: [project({ historyRetentionDuration: unknownValue }), production],
  },
];

test.each(cases)("$name", ({ program, options, want }) => {
  expect(said(program, options)).toEqual(want === undefined ? [] : [want]);
});

const off: Required<Omit<PolicyOptions, "branches">> = {
  productionProtected: false,
  previewTtl: false,
  devCu: false,
  previewSleeps: false,
  history: false,
};

test("each rule can be switched off, and no other goes with it", () => {
  const wrong = [
    project({
      historyRetentionDuration: "2d",
      defaultEndpointSettings: { autoscalingLimitMaxCu: 8, noSuspension: true },
    }),
    branch("preview-1"),
  ];
  const all = said(wrong);
  expect(all).toHaveLength(policyRules.length);
  policyRules.forEach(({ option }, index) => {
    expect(said(wrong, { [option]: off[option] })).toEqual(all.filter((_, at) => at !== index));
  });
  expect(said(wrong, off)).toEqual([]);
});

test("what is not known yet is never held against a program", () => {
  const values = fc.constantFrom(unknownValue, "[secret]");
  const kinds = [project(), branch("production"), branch("preview-1"), primary("preview-1"), primary("dev")];
  const any = fc.constantFrom(...kinds).chain((resource) => {
    const keys = [
      "parent",
      "projectId",
      "branchId",
      "endpointId",
      "isProtected",
      "initialBranchSpec",
      "ttl",
      "autoscalingLimitMaxCu",
      "noSuspension",
      "defaultEndpointSettings",
      "historyRetentionDuration",
    ];
    return fc
      .record(Object.fromEntries(keys.map((key) => [key, values])))
      .map((inputs) => made(resource.type, resource.logicalName, inputs));
  });
  fc.assert(fc.property(fc.array(any), (resources) => expect(said(resources)).toEqual([])));
});

test.each([
  {
    options: { previewTtl: "two weeks" },
    want: 'previewTtl is "two weeks", which is no duration; write it as "14d" or "12h"',
  },
  { options: { history: "" }, want: 'history is "", which is no duration; write it as "14d" or "12h"' },
  { options: { devCu: Number.NaN }, want: "devCu is null, which is no number of CU; write it as 4" },
])("$options is refused", ({ options, want }) => {
  expect(() => settingsOf(options, now)).toThrow(want);
});
