/** What a table costs, and the tree that says so. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { costOf, costOfEnvironment, hoursOfMonth, sized, sum } from "../../../provider/environments/cost";
import { environmentsOf } from "../../../provider/environments/environment";
import { presetNames, presets } from "../../../provider/environments/presets";
import { readTable } from "../../../provider/environments/read";
import { shapeOf } from "../../../provider/environments/shape";
import type { EnvironmentArgs, EnvironmentTable } from "../../../provider/environments/table";
import { size } from "../../../provider/text/size";
import { checkout } from "../../../tools/places.mts";

function table(environments: Readonly<Record<string, EnvironmentArgs>>, more: object = {}): EnvironmentTable {
  const { table: read, mistakes } = readTable({ projectId: "shop", environments, ...more });
  if (!read) throw new Error(JSON.stringify(mistakes));
  return read;
}

function cost(of: EnvironmentTable) {
  return sum(environmentsOf(of).map((one) => costOfEnvironment(one, of)));
}

const month = (computeUnits: number) => computeUnits * hoursOfMonth;

test.each<{ name: string; said: EnvironmentArgs; more?: object; least: number; most: number }>([
  { name: "a compute that sleeps", said: { preset: "standard" }, least: 0, most: 4 },
  {
    name: "one that never does",
    said: { compute: { autoscalingLimitMinCu: 2, autoscalingLimitMaxCu: 4, noSuspension: true } },
    least: 2,
    most: 4,
  },
  { name: "a group, each of it", said: { preset: "highAvailability" }, least: 4, most: 16 },
  {
    name: "replicas, each as one compute of the group",
    said: { preset: "highAvailability", replicas: 2 },
    least: 8,
    most: 32,
  },
  {
    name: "replicas of their own size",
    said: {
      preset: "standard",
      replicas: { count: 3, autoscalingLimitMinCu: 1, autoscalingLimitMaxCu: 1, noSuspension: true },
    },
    least: 3,
    most: 7,
  },
  {
    name: "a compute that is disabled",
    said: { preset: "highAvailability", compute: { disabled: true } },
    least: 0,
    most: 0,
  },
  { name: "what the service takes when nothing is said", said: {}, least: 0, most: 1 },
  {
    name: "what the project says",
    said: { replicas: 1 },
    more: { defaultEndpointSettings: { autoscalingLimitMinCu: 2, autoscalingLimitMaxCu: 3, noSuspension: true } },
    least: 4,
    most: 6,
  },
])("$name", ({ said, more, least, most }) => {
  expect(cost(table({ production: said }, more))).toEqual({ least: month(least), most: month(most) });
});

test("an environment that expires may be gone for most of the month", () => {
  const of = table({ production: { compute: { disabled: true } }, demo: { preset: "highAvailability", ttl: "7d" } });
  expect(cost(of)).toEqual({ least: 0, most: month(16) });
});

const sizes = fc.constantFrom(0.5, 1, 2, 3, 4, 5, 6, 7, 8);
const compute = fc
  .record({
    sizes: fc.tuple(sizes, sizes),
    noSuspension: fc.boolean(),
    disabled: fc.boolean(),
    computes: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ sizes: [a, b], noSuspension, disabled, computes }) => ({
    autoscalingLimitMinCu: Math.min(a, b),
    autoscalingLimitMaxCu: Math.max(a, b),
    ...(noSuspension ? { noSuspension: true as const, group: { min: computes, max: computes } } : {}),
    disabled,
  }));
const environment = fc.record(
  { preset: fc.constantFrom(...presetNames), compute, replicas: fc.integer({ min: 0, max: 6 }) },
  { requiredKeys: ["compute"] },
);

test("the least is not above the most, and each is what the parts cost together", () => {
  fc.assert(
    fc.property(fc.array(environment, { minLength: 1, maxLength: 4 }), (all) => {
      const names = ["production", "staging", "dev", "qa"];
      const of = table(Object.fromEntries(all.map((said, index) => [names[index] ?? "", said])));
      const total = cost(of);
      expect(total.least).toBeLessThanOrEqual(total.most);
      const alone = all.map((said) => cost(table({ production: said })));
      expect(total).toEqual(sum(alone));
    }),
  );
});

test("one compute more never costs less, and the group multiplies", () => {
  fc.assert(
    fc.property(compute, fc.integer({ min: 0, max: 5 }), (said, replicas) => {
      const [fewer, more] = [replicas, replicas + 1].map((count) =>
        cost(table({ production: { compute: said, replicas: count } })),
      );
      expect(more?.least).toBeGreaterThanOrEqual(fewer?.least ?? Number.NaN);
      expect(more?.most).toBeGreaterThanOrEqual(fewer?.most ?? Number.NaN);
      const of = table({});
      const { group, ...one } = said;
      const single = costOf(sized(one, of), false);
      const times = group?.max ?? 1;
      expect(costOf(sized(said, of), false)).toEqual({ least: single.least * times, most: single.most * times });
    }),
  );
});

test("the tree", () => {
  const of = table(
    {
      production: {
        preset: "highAvailability",
        replicas: 1,
        roles: { app: {}, deploy: {} },
        databases: { orders: { role: "app" } },
        migrations: "migrations",
      },
      dev: { sourceEnvironment: "staging", preset: "small", ttl: "30d" },
      staging: { preset: "standard", migrations: "migrations" },
      old: { compute: { disabled: true } },
    },
    {
      pgVersion: 17,
      historyRetentionDuration: "1209600s",
      permissions: [{ groupName: "all", permissionLevel: "CAN_USE" }],
    },
  );
  expect(`\n${shapeOf(of)}\n`).toBe(`
shop  Postgres 17, history 14d, 1 permission
├─ production  root             protected, highAvailability
│  ├─ primary     read-write  2 × 2–8 CU  never sleeps     2,920 to 11,680 CU-hours
│  ├─ reader-1    read-only   2–8 CU      never sleeps     1,460 to  5,840 CU-hours
│  ├─ roles       app, deploy
│  ├─ databases   orders (of app)
│  └─ migrations  migrations in orders
├─ staging     from production  standard
│  ├─ primary     read-write  1–4 CU      sleeps after 1h      0 to  2,920 CU-hours
│  └─ migrations  migrations in orders
├─ dev         from staging     small, expires after 30d
│  └─ primary     read-write  0.5–2 CU    sleeps after 5m      0 to  1,460 CU-hours
└─ old         from production
   └─ primary     read-write  1 CU        disabled             0 to      0 CU-hours
In a month of 730 h: at least 4,380 and at most 21,900 CU-hours.
`);
});

test("the reference says what the presets are", () => {
  const page = readFileSync(join(checkout, "docs/components/environments.md"), "utf8");
  for (const name of presetNames) {
    const { autoscalingLimitMinCu: least, autoscalingLimitMaxCu: most, group, suspendTimeoutDuration } = presets[name];
    const asleep = suspendTimeoutDuration === undefined ? "never asleep" : `asleep after ${suspendTimeoutDuration}`;
    expect(page).toContain(`\`${name}\` (${size({ least, most, computes: group?.max ?? 1 })}, ${asleep})`);
  }
});
