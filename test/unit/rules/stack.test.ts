import { DeclaredStack } from "../../../provider/pulumi/stack";
import type { Failure } from "../../../provider/schema/check";
import type { AnyDefinition } from "../../../provider/schema/definition";
import { unknownValue } from "../../../provider/schema/unknown";
import { checked } from "../support/checking";
import {
  args,
  branch,
  catalog,
  cdfConfig,
  dataApi,
  database,
  endpoint,
  project,
  projectPermissions,
  role,
  snapshot,
  snapshotSchedule,
  syncedTable,
  type Values,
} from "../support/resources";

type Declaration = readonly [logicalName: string, definition: AnyDefinition, more: Values];

/** What is wrong with each resource of a program, by the program's own names. */
function program(
  declarations: readonly Declaration[],
  stack = new DeclaredStack(),
): Record<string, readonly Failure[]> {
  const failed = declarations.map(([logicalName, definition, more]) => {
    const declared = args(definition, more);
    // Projects that exist: a new one can have no default branch but the root.
    const olds = definition === project ? declared : undefined;
    const { failures } = checked(definition, declared, { logicalName, stack, olds });
    return [logicalName, failures] as const;
  });
  return Object.fromEntries(failed.filter(([, failures]) => failures.length > 0));
}

const dev = "projects/shop/branches/dev";

interface Case {
  readonly name: string;
  readonly declarations: readonly Declaration[];
  /** The resource that has the failure, and the failure. */
  readonly want: Readonly<Record<string, readonly Failure[]>>;
}

/** What is taken of a branch with a source. */
function ofChild(branchId: string, property: string): readonly Failure[] {
  return [
    {
      property,
      reason: `${property} is Branch '${branchId}', which is made from another branch, and the service takes snapshots of root branches alone; give production, or a branch that is restored from a snapshot`,
    },
  ];
}

const fromProduction = { branchId: "dev", sourceBranch: "projects/shop/branches/production" };

const cases: readonly Case[] = [
  {
    name: "a snapshot and a schedule of a branch that has a source",
    declarations: [
      ["dev", branch, fromProduction],
      ["before", snapshot, { sourceBranch: dev }],
      ["nightly", snapshotSchedule, { parent: dev }],
    ],
    want: { before: ofChild("dev", "sourceBranch"), nightly: ofChild("dev", "parent") },
  },
  {
    name: "no snapshot of what may be a root: restored, of unknown source, or the default branch",
    declarations: [
      ["shop", project, { defaultBranch: dev }],
      ["dev", branch, fromProduction],
      ["known", branch, { branchId: "known" }],
      ["restored", branch, { branchId: "restored", sourceSnapshot: "projects/shop/snapshots/nightly" }],
      ["one", snapshot, { snapshotId: "one", sourceBranch: dev }],
      ["two", snapshot, { snapshotId: "two", sourceBranch: "projects/shop/branches/known" }],
      ["three", snapshot, { snapshotId: "three", sourceBranch: "projects/shop/branches/restored" }],
    ],
    want: {},
  },
  {
    name: "one limit of an endpoint that does not fit its project's default for the other",
    declarations: [
      ["shop", project, { defaultEndpointSettings: { autoscalingLimitMinCu: 4, autoscalingLimitMaxCu: 8 } }],
      ["replica", endpoint, { autoscalingLimitMaxCu: 2 }],
    ],
    want: {
      replica: [
        {
          property: "autoscalingLimitMinCu",
          reason:
            "autoscalingLimitMinCu is 4 CU, more than autoscalingLimitMaxCu (2); write a minimum of at most 2 or a larger maximum; autoscalingLimitMinCu is not given here, so it is the default of Project 'shop', 4",
        },
      ],
    },
  },
  {
    name: "one limit of an endpoint that fits, or whose project is not declared or not known",
    declarations: [
      ["shop", project, { defaultEndpointSettings: { autoscalingLimitMinCu: 4, autoscalingLimitMaxCu: 8 } }],
      ["fits", endpoint, { autoscalingLimitMaxCu: 12 }],
      ["elsewhere", endpoint, { parent: "projects/other/branches/dev", autoscalingLimitMaxCu: 0.5 }],
      ["later", project, { projectId: "later", defaultEndpointSettings: { autoscalingLimitMinCu: unknownValue } }],
      ["waits", endpoint, { parent: "projects/later/branches/dev", autoscalingLimitMaxCu: 0.5 }],
    ],
    want: {},
  },
  {
    name: "two resources with one full name",
    declarations: [
      ["first", branch, {}],
      ["second", branch, {}],
    ],
    want: {
      second: [
        {
          property: "branchId",
          reason: `branchId makes this ${dev}, which Branch 'first' declares already; remove one of the two or give it another id`,
        },
      ],
    },
  },
  {
    name: "two projects with one full name",
    declarations: [
      ["first", project, {}],
      ["second", project, {}],
    ],
    want: {
      second: [
        {
          property: "projectId",
          reason:
            "projectId makes this projects/shop, which Project 'first' declares already; remove one of the two or give it another id",
        },
      ],
    },
  },
  {
    name: "one id under two parents",
    declarations: [
      ["first", branch, {}],
      ["second", branch, { parent: "projects/store" }],
    ],
    want: {},
  },
  {
    name: "two resources whose full names are not known",
    declarations: [
      ["first", branch, { parent: unknownValue }],
      ["second", branch, { parent: unknownValue }],
    ],
    want: {},
  },
  {
    name: "two read-write endpoints on one branch, told once",
    declarations: [
      ["first", endpoint, { endpointType: "ENDPOINT_TYPE_READ_WRITE", endpointId: "primary" }],
      ["second", endpoint, { endpointType: "ENDPOINT_TYPE_READ_WRITE", endpointId: "primary" }],
    ],
    want: {
      second: [
        {
          property: "endpointId",
          reason: `endpointId makes this ${dev}/endpoints/primary, which Endpoint 'first' declares already; remove one of the two or give it another id`,
        },
      ],
    },
  },
  {
    name: "a second read-write endpoint whose id is not known",
    declarations: [
      ["first", endpoint, { endpointType: "ENDPOINT_TYPE_READ_WRITE", endpointId: "primary" }],
      ["second", endpoint, { endpointType: "ENDPOINT_TYPE_READ_WRITE", endpointId: unknownValue }],
    ],
    want: {
      second: [
        {
          property: "endpointType",
          reason: `endpointType is read-write, and ${dev} has its one read-write endpoint in Endpoint 'first'; write ENDPOINT_TYPE_READ_ONLY`,
        },
      ],
    },
  },
  {
    name: "read-write endpoints on two branches, and read replicas beside them",
    declarations: [
      ["first", endpoint, { endpointType: "ENDPOINT_TYPE_READ_WRITE", endpointId: "primary" }],
      [
        "second",
        endpoint,
        { parent: "projects/shop/branches/qa", endpointType: "ENDPOINT_TYPE_READ_WRITE", endpointId: "primary" },
      ],
      ["third", endpoint, { endpointId: "replica-1" }],
      ["fourth", endpoint, { endpointId: "replica-2" }],
    ],
    want: {},
  },
  {
    name: "a child of a branch that expires after a time",
    declarations: [
      ["parent", branch, { ttl: "7d" }],
      ["child", branch, { branchId: "child", sourceBranch: dev }],
    ],
    want: {
      child: [
        {
          property: "sourceBranch",
          reason:
            "sourceBranch is Branch 'parent', which expires, and a branch with an expiration cannot have children; take the ttl from it or fork from another branch",
        },
      ],
    },
  },
  {
    name: "a branch that expires, after its child",
    declarations: [
      ["child", branch, { branchId: "child", sourceBranch: dev }],
      ["parent", branch, { expireTime: "2030-01-02T03:04:05Z" }],
    ],
    want: {
      parent: [
        {
          property: "expireTime",
          reason:
            "expireTime does not go with Branch 'child', which is made from this branch: a branch with an expiration cannot have children; leave it out or give the child another source",
        },
      ],
    },
  },
  {
    name: "a branch that expires, after its child and from a source that is not known",
    declarations: [
      ["child", branch, { branchId: "child", sourceBranch: dev }],
      ["parent", branch, { sourceBranch: unknownValue, ttl: "7d" }],
    ],
    want: {
      parent: [
        {
          property: "ttl",
          reason:
            "ttl does not go with Branch 'child', which is made from this branch: a branch with an expiration cannot have children; leave it out or give the child another source",
        },
      ],
    },
  },
  {
    name: "an expiring child of a branch that stays",
    declarations: [
      ["parent", branch, { noExpiry: true }],
      ["child", branch, { branchId: "child", sourceBranch: dev, ttl: "7d" }],
    ],
    want: {},
  },
  {
    name: "a child of a branch whose expiration is not known",
    declarations: [
      ["parent", branch, { ttl: unknownValue }],
      ["child", branch, { branchId: "child", sourceBranch: dev }],
    ],
    want: {},
  },
  {
    name: "a second protected branch",
    declarations: [
      ["first", branch, { isProtected: true }],
      ["second", branch, { branchId: "qa", isProtected: true }],
    ],
    want: {
      second: [
        {
          property: "isProtected",
          reason:
            "isProtected makes one protected branch too many in projects/shop, which can have 1: Branch 'first' protects one already; write isProtected: false on one of the two",
        },
      ],
    },
  },
  {
    name: "a protected branch beside a root that the project protects",
    declarations: [
      ["shop", project, { initialBranchSpec: { isProtected: true } }],
      ["dev", branch, { isProtected: true }],
    ],
    want: {
      dev: [
        {
          property: "isProtected",
          reason:
            "isProtected makes one protected branch too many in projects/shop, which can have 1: Project 'shop' protects one already; write isProtected: false on one of the two",
        },
      ],
    },
  },
  {
    name: "a project that protects its root, after a protected branch",
    declarations: [
      ["dev", branch, { isProtected: true }],
      ["shop", project, { initialBranchSpec: { isProtected: true } }],
    ],
    want: {
      shop: [
        {
          property: "initialBranchSpec",
          reason:
            "initialBranchSpec.isProtected makes one protected branch too many in projects/shop, which can have 1: Branch 'dev' protects one already; write isProtected: false on one of the two",
        },
      ],
    },
  },
  {
    name: "the root, protected by the project and by itself",
    declarations: [
      ["shop", project, { initialBranchSpec: { isProtected: true } }],
      ["root", branch, { branchId: "production", isProtected: true }],
    ],
    want: {},
  },
  {
    name: "protected branches of two projects, and one that is not",
    declarations: [
      ["first", branch, { isProtected: true }],
      ["second", branch, { parent: "projects/store", isProtected: true }],
      ["third", branch, { branchId: "qa", isProtected: false }],
    ],
    want: {},
  },
  {
    name: "a default branch that expires",
    declarations: [
      ["shop", project, { defaultBranch: dev }],
      ["dev", branch, { ttl: "7d" }],
    ],
    want: {
      dev: [
        {
          property: "ttl",
          reason:
            "ttl does not apply to the default branch of Project 'shop', which cannot expire; leave it out or choose another defaultBranch",
        },
      ],
    },
  },
  {
    name: "a project whose default branch expires, after that branch",
    declarations: [
      ["dev", branch, { ttl: "7d" }],
      ["shop", project, { defaultBranch: dev }],
    ],
    want: {
      shop: [
        {
          property: "defaultBranch",
          reason:
            "defaultBranch is Branch 'dev', which expires, and a default branch cannot; take the ttl from it or choose another",
        },
      ],
    },
  },
  {
    name: "a default branch that stays, and another that expires",
    declarations: [
      ["shop", project, { defaultBranch: dev }],
      ["dev", branch, {}],
      ["qa", branch, { branchId: "qa", ttl: "7d" }],
    ],
    want: {},
  },
];

const raise =
  "; the service itself allows 16, so 'pulumi config set lakebase:autoscalingSpreadLimit 16' raises the limit";

const defaulted: readonly Case[] = [
  {
    name: "a maximum too far above the project's minimum",
    declarations: [
      ["shop", project, {}],
      ["replica", endpoint, { autoscalingLimitMaxCu: 10 }],
    ],
    want: {
      replica: [
        {
          property: "autoscalingLimitMaxCu",
          reason: `autoscalingLimitMaxCu is 10 CU, 9 above autoscalingLimitMinCu (1), and the limit is 8; write a maximum of at most 9 or a minimum of at least 2${raise}; autoscalingLimitMinCu is not given here, so it is the default of Project 'shop', 1`,
        },
      ],
    },
  },
  {
    name: "a minimum above the project's maximum",
    declarations: [
      ["shop", project, { defaultEndpointSettings: { autoscalingLimitMinCu: 2, autoscalingLimitMaxCu: 4 } }],
      ["replica", endpoint, { autoscalingLimitMinCu: 8 }],
    ],
    want: {
      replica: [
        {
          property: "autoscalingLimitMinCu",
          reason:
            "autoscalingLimitMinCu is 8 CU, more than autoscalingLimitMaxCu (4); write a minimum of at most 4 or a larger maximum; autoscalingLimitMaxCu is not given here, so it is the default of Project 'shop', 4",
        },
      ],
    },
  },
  {
    name: "a limit that the service does not offer, told once",
    declarations: [
      ["shop", project, {}],
      ["replica", endpoint, { autoscalingLimitMaxCu: 65 }],
    ],
    want: {
      replica: [
        {
          property: "autoscalingLimitMaxCu",
          reason:
            "autoscalingLimitMaxCu is 65 CU, which the service does not offer; write 0.5 or a whole number up to 64, or, with minimum and maximum equal, one of 72, 80, 88, 96, 104, 112",
        },
      ],
    },
  },
  {
    name: "a limit that goes with the project's",
    declarations: [
      ["shop", project, { defaultEndpointSettings: { autoscalingLimitMinCu: 4, autoscalingLimitMaxCu: 8 } }],
      ["replica", endpoint, { autoscalingLimitMaxCu: 12 }],
    ],
    want: {},
  },
  {
    name: "a limit and another project's settings",
    declarations: [
      ["shop", project, { projectId: "shop-2", defaultEndpointSettings: { autoscalingLimitMaxCu: 2 } }],
      ["replica", endpoint, { autoscalingLimitMinCu: 8 }],
    ],
    want: {},
  },
  {
    name: "a limit and a project's settings that are not known",
    declarations: [
      ["shop", project, { defaultEndpointSettings: { autoscalingLimitMinCu: unknownValue } }],
      ["replica", endpoint, { autoscalingLimitMaxCu: 10 }],
    ],
    want: {},
  },
  {
    name: "a limit and another one that is not known",
    declarations: [
      ["shop", project, {}],
      ["replica", endpoint, { autoscalingLimitMinCu: unknownValue, autoscalingLimitMaxCu: 10 }],
    ],
    want: {},
  },
];

describe("a program with an endpoint that gives one limit and takes the other from its project, with", () => {
  test.each(defaulted)("$name", ({ declarations, want }) => {
    expect(program(declarations)).toEqual(want);
  });
});

describe("a program with", () => {
  test.each(cases)("$name", ({ declarations, want }) => {
    expect(program(declarations)).toEqual(want);
  });
});

describe("checking every resource once more, as for a replacement, changes nothing about", () => {
  test.each(cases)("$name", ({ declarations, want }) => {
    const stack = new DeclaredStack();
    program(declarations, stack);
    expect(program(declarations, stack)).toEqual(want);
  });
});

describe("a project's branches", () => {
  function branches(count: number): Declaration[] {
    return Array.from({ length: count }, (_, index) => [`branch ${index}`, branch, { branchId: `b-${index}` }]);
  }

  test("may be 500, the root among them", () => {
    const root: Declaration = ["root", branch, { branchId: "production" }];
    expect(program([...branches(499), root])).toEqual({});
  });

  test("may not be 501, whether the root is declared or not", () => {
    const [failure, ...others] = Object.entries(program(branches(500)));
    expect(others).toEqual([]);
    expect(failure).toEqual([
      "branch 499",
      [
        {
          property: "parent",
          reason:
            "parent is projects/shop, which would get more than 500 branches with this one (the one before it is Branch 'branch 498'); use another project",
        },
      ],
    ]);
  });

  test("are counted by project", () => {
    const elsewhere: Declaration = ["elsewhere", branch, { parent: "projects/store" }];
    expect(program([...branches(499), elsewhere])).toEqual({});
  });
});

/** As many of one kind as a parent can have, and then one more. */
interface Limit {
  readonly what: string;
  readonly definition: AnyDefinition;
  readonly most: number;
  /** What tells one from another. */
  readonly nth: (index: number) => Values;
  /** Under another parent, where there is room. */
  readonly elsewhere: Values;
  /** Ones that do not count; none where all do. */
  readonly beside: readonly Values[];
  readonly property: string;
  readonly reason: string;
}

const limited: readonly Limit[] = [
  {
    what: "roles of a branch",
    definition: role,
    most: 500,
    nth: (index) => ({ postgresRole: `role-${index}` }),
    elsewhere: { parent: "projects/shop/branches/qa" },
    beside: [],
    property: "parent",
    reason: `is ${dev}, which can have 500 roles`,
  },
  {
    what: "databases of a branch",
    definition: database,
    most: 500,
    nth: (index) => ({ postgresDatabase: `database-${index}` }),
    elsewhere: { parent: "projects/shop/branches/qa", role: "projects/shop/branches/qa/roles/app" },
    beside: [],
    property: "parent",
    reason: `is ${dev}, which can have 500 databases`,
  },
  {
    what: "snapshots of a project",
    definition: snapshot,
    most: 10,
    nth: (index) => ({ snapshotId: `snapshot-${index}` }),
    elsewhere: { parent: "projects/store", sourceBranch: "projects/store/branches/production" },
    beside: [],
    property: "parent",
    reason: "is projects/shop, which can have 10 snapshots",
  },
  {
    what: "read replicas of a branch",
    definition: endpoint,
    most: 6,
    nth: (index) => ({ endpointId: `replica-${index}` }),
    elsewhere: { parent: "projects/shop/branches/qa" },
    beside: [{ endpointId: "primary", endpointType: "ENDPOINT_TYPE_READ_WRITE" }],
    property: "parent",
    reason: `is ${dev}, which can have 6 read replicas`,
  },
  {
    what: "restored branches of a project",
    definition: branch,
    most: 2,
    nth: (index) => ({ branchId: `restored-${index}`, sourceSnapshot: "projects/shop/snapshots/nightly" }),
    elsewhere: { parent: "projects/store", sourceSnapshot: "projects/store/snapshots/nightly" },
    beside: [{ branchId: "production" }, { branchId: "fork" }],
    property: "parent",
    reason: "is projects/shop, which can have 2 restored branches beside production",
  },
  {
    what: "synced tables of one source",
    definition: syncedTable,
    most: 20,
    nth: (index) => ({ syncedTableId: `shop_orders.public.prices_${index}` }),
    elsewhere: { sourceTableFullName: "main.sales.rates" },
    beside: [],
    property: "sourceTableFullName",
    reason: "is main.sales.prices, which can have 20 synced tables",
  },
];

describe.each(limited)("$what", ({ definition, most, nth, elsewhere, beside, property, reason }) => {
  const full = Array.from({ length: most }, (_, index): Declaration => [`number ${index}`, definition, nth(index)]);
  const uncounted = beside.map((more, index): Declaration => [`beside ${index}`, definition, more]);

  test("may be as many as there can be, those of others and of other kinds not counted", () => {
    const other: Declaration = ["elsewhere", definition, { ...nth(most), ...elsewhere }];
    const otherKinds = [branch, snapshot, endpoint, role]
      .filter((kind) => kind !== definition)
      .map((kind): Declaration => [`a ${kind.type}`, kind, {}]);
    expect(program([...otherKinds, ...full, ...uncounted, other])).toEqual({});
  });

  test("may not be one more, whichever it is", () => {
    const failure = `${property} ${reason}, and this is one more (the one before it is ${definition.type} 'number ${most - 1}'); leave one out`;
    expect(program([...uncounted, ...full, ["one more", definition, nth(most)], ...uncounted])).toEqual({
      "one more": [{ property, reason: failure }],
    });
  });

  test("are not counted under a parent that is not known", () => {
    expect(program([...full, ["somewhere", definition, { ...nth(most), [property]: unknownValue }]])).toEqual({});
  });

  test("are as many as before when each is checked once more", () => {
    const stack = new DeclaredStack();
    program(full, stack);
    expect(program(full, stack)).toEqual({});
  });

  test("are counted though their names are not known", () => {
    const { id = "" } = definition;
    const nameless = Array.from({ length: most + 1 }, (_, index): Declaration => {
      const from = definition.derivedId?.from;
      return [
        `number ${index}`,
        definition,
        { ...nth(index), [id]: unknownValue, ...(from && { [from]: unknownValue }) },
      ];
    });
    expect(Object.keys(program(nameless))).toEqual([`number ${most}`]);
  });
});

const databases = `${dev}/databases`;

const singletons: readonly Case[] = [
  {
    name: "two snapshot schedules of one branch",
    declarations: [
      ["first", snapshotSchedule, {}],
      ["second", snapshotSchedule, {}],
      ["elsewhere", snapshotSchedule, { parent: "projects/store/branches/production" }],
    ],
    want: {
      second: [
        {
          property: "parent",
          reason:
            "parent makes this projects/shop/branches/production/snapshot-schedule, which SnapshotSchedule 'first' declares already; remove one of the two or give it another parent",
        },
      ],
    },
  },
  {
    name: "two Data APIs of one database",
    declarations: [
      ["first", dataApi, {}],
      ["second", dataApi, {}],
      ["elsewhere", dataApi, { parent: `${databases}/rates` }],
    ],
    want: {
      second: [
        {
          property: "parent",
          reason: `parent makes this ${databases}/orders/data-api, which DataApi 'first' declares already; remove one of the two or give it another parent`,
        },
      ],
    },
  },
  {
    name: "two lists of permissions on one project",
    declarations: [
      ["first", projectPermissions, {}],
      ["second", projectPermissions, {}],
      ["elsewhere", projectPermissions, { parent: "projects/store" }],
    ],
    want: {
      second: [
        {
          property: "parent",
          reason:
            "parent makes this projects/shop/permissions, which ProjectPermissions 'first' declares already; remove one of the two or give it another parent",
        },
      ],
    },
  },
];

const named: readonly Case[] = [
  {
    name: "two roles whose ids follow from names that differ",
    declarations: [
      ["first", role, { postgresRole: "ada@example.test" }],
      ["second", role, { postgresRole: "Ada@example.org" }],
      ["third", role, { postgresRole: "Ada@example.com", roleId: "ada-2" }],
    ],
    want: {
      second: [
        {
          property: "roleId",
          reason: `roleId makes this ${dev}/roles/ada, which Role 'first' declares already; remove one of the two or give it another id`,
        },
      ],
    },
  },
  {
    name: "two databases of one id",
    declarations: [
      ["first", database, { postgresDatabase: "Orders" }],
      ["second", database, {}],
    ],
    want: {
      second: [
        {
          property: "databaseId",
          reason: `databaseId makes this ${databases}/orders, which Database 'first' declares already; remove one of the two or give it another id`,
        },
      ],
    },
  },
  {
    name: "two change data feeds of one schema",
    declarations: [
      ["first", cdfConfig, {}],
      ["second", cdfConfig, {}],
      ["other schema", cdfConfig, { postgresSchema: "api" }],
      ["other database", cdfConfig, { parent: `${databases}/rates` }],
    ],
    want: {
      second: [
        {
          property: "cdfConfigId",
          reason: `cdfConfigId makes this ${databases}/orders/cdf-configs/public, which CdfConfig 'first' declares already; remove one of the two or give it another id`,
        },
      ],
    },
  },
  {
    name: "two synced tables of one name, which is no part of a branch",
    declarations: [
      ["first", syncedTable, { branch: dev }],
      ["second", syncedTable, { branch: "projects/shop/branches/qa" }],
    ],
    want: {
      second: [
        {
          property: "syncedTableId",
          reason:
            "syncedTableId makes this synced_tables/shop_orders.public.prices, which SyncedTable 'first' declares already; remove one of the two or give it another id",
        },
      ],
    },
  },
  {
    name: "two catalogs of one name, told once",
    declarations: [
      ["first", catalog, {}],
      ["second", catalog, {}],
    ],
    want: {
      second: [
        {
          property: "catalogId",
          reason:
            "catalogId makes this catalogs/shop_orders, which Catalog 'first' declares already; remove one of the two or give it another id",
        },
      ],
    },
  },
  {
    name: "one database in two catalogs",
    declarations: [
      ["first", catalog, {}],
      ["second", catalog, { catalogId: "orders" }],
      ["other database", catalog, { catalogId: "rates", postgresDatabase: "rates" }],
      ["other branch", catalog, { catalogId: "orders_qa", branch: "projects/shop/branches/qa" }],
      ["not known", catalog, { catalogId: "later", branch: unknownValue }],
    ],
    want: {
      second: [
        {
          property: "postgresDatabase",
          reason: `postgresDatabase is orders of ${dev}, which Catalog 'first' shows already; a database can be in one catalog`,
        },
      ],
    },
  },
  {
    name: "one database in two catalogs whose names are not known",
    declarations: [
      ["first", catalog, { catalogId: unknownValue }],
      ["second", catalog, { catalogId: unknownValue }],
    ],
    want: {
      second: [
        {
          property: "postgresDatabase",
          reason: `postgresDatabase is orders of ${dev}, which Catalog 'first' shows already; a database can be in one catalog`,
        },
      ],
    },
  },
];

describe("a program with one thing twice:", () => {
  test.each([...singletons, ...named])("$name", ({ declarations, want }) => {
    expect(program(declarations)).toEqual(want);
    const stack = new DeclaredStack();
    program(declarations, stack);
    expect(program(declarations, stack)).toEqual(want);
  });
});

test("a declaration that changes in a second check is judged as it is now", () => {
  const stack = new DeclaredStack();
  program([["dev", branch, { ttl: "7d" }]], stack);
  program([["dev", branch, {}]], stack);
  expect(program([["child", branch, { branchId: "child", sourceBranch: dev }]], stack)).toEqual({});
});

describe("an endpoint that exists, and its project's defaults", () => {
  const defaults = { defaultEndpointSettings: { autoscalingLimitMinCu: 4, autoscalingLimitMaxCu: 8 } };
  const judged = (before: Values) => {
    const stack = new DeclaredStack();
    checked(project, args(project, defaults), { logicalName: "shop", stack });
    const olds = args(endpoint, before);
    return checked(endpoint, args(endpoint, { autoscalingLimitMaxCu: 2 }), { olds, stack }).failures;
  };

  test("are not compared, since defaults act when an endpoint is made", () => {
    expect(judged({ autoscalingLimitMaxCu: 2 })).toEqual([]);
  });

  test("are compared when a limit is removed, which sets it to the default", () => {
    expect(judged({ autoscalingLimitMinCu: 1, autoscalingLimitMaxCu: 2 })).toEqual([
      expect.objectContaining({
        property: "autoscalingLimitMinCu",
        reason: expect.stringContaining("is 4 CU, more than"),
      }),
    ]);
  });
});
