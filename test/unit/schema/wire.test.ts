import fc from "fast-check";
import { camel, type Field, snake } from "../../../provider/schema/fields";
import { fromWire, renamed, shownAt, spelt, toWire } from "../../../provider/schema/wire";
import { samplesOf } from "../support/arbitraries";
import { branch, cdfConfig, endpoint, project, resources, syncedTable } from "../support/resources";

function fieldOf({ fields }: { readonly fields: readonly Field[] }, name: string): Field {
  const field = fields.find(({ path }) => path.join(".") === name);
  if (!field) throw new Error(`there is no ${name}`);
  return field;
}

describe("keys are renamed", () => {
  const rows = [
    { name: "of an object", value: { minCu: 1, maxCu: { ofAll: 2 } }, want: { min_cu: 1, max_cu: { of_all: 2 } } },
    {
      name: "in a list",
      value: [{ dayOfWeek: "MONDAY" }, [{ oneMore: 1 }]],
      want: [{ day_of_week: "MONDAY" }, [{ one_more: 1 }]],
    },
    { name: "and no value", value: { a: "camelCase", b: ["camelCase"] }, want: { a: "camelCase", b: ["camelCase"] } },
    { name: "and nothing is made of nothing", value: { a: null, b: undefined }, want: { a: null, b: undefined } },
  ];
  test.each(rows)("$name", ({ value, want }) => {
    expect(renamed(value, snake)).toEqual(want);
  });

  test.each([null, undefined, 0, "camelCase", true, []])("except in %p, which has none", (value) => {
    expect(renamed(value, snake)).toEqual(value);
  });

  test("but not those of a map, wherever it is", () => {
    const said = {
      pg_settings: { work_mem: "8MB" },
      deep_down: { the_map: { my_key: { its_key: 1 } }, not_it: { my_key: 1 } },
    };
    expect(renamed(said, camel, new Set(["pgSettings", "deepDown.theMap"]))).toEqual({
      pgSettings: { work_mem: "8MB" },
      deepDown: { theMap: { my_key: { its_key: 1 } }, notIt: { myKey: 1 } },
    });
  });

  test("in a copy", () => {
    const value = { one: [{ twoThree: 1 }] };
    renamed(value, snake);
    expect(value).toEqual({ one: [{ twoThree: 1 }] });
  });
});

describe("a field's value", () => {
  test.each(
    resources.flatMap((definition) =>
      definition.fields.map((field) => ({ type: definition.type, field, name: field.path.join(".") })),
    ),
  )("goes to the wire and comes back: $type's $name", ({ field }) => {
    for (const sample of samplesOf(field)) {
      const value = field.schema.parse(sample);
      expect(fromWire(field, spelt(field, value))).toEqual(value);
      expect(field.marks.sent ? spelt(field, value) : toWire(field, value)).toEqual(spelt(field, value));
    }
  });

  test("keeps the keys of a map on both ways", () => {
    const settings = fieldOf(endpoint, "settings.pgSettings");
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), (map) => {
        expect(toWire(settings, map)).toEqual(map);
        expect(fromWire(settings, map)).toEqual(map);
      }),
    );
  });

  test("is sent in a way of its own where it says so", () => {
    const moment = fieldOf(branch, "sourceBranchTime");
    expect(toWire(moment, "2026-11-24T12:00:00Z")).toBe("2026-11-24T11:59:59Z");
    expect(spelt(moment, "2026-11-24T12:00:00Z")).toBe("2026-11-24T12:00:00Z");
  });
});

describe("a field is shown", () => {
  const rows = [
    { name: "in the status", field: fieldOf(branch, "sourceBranch"), want: "status.source_branch" },
    {
      name: "in the status at its depth",
      field: fieldOf(project, "defaultEndpointSettings.pgSettings"),
      want: "status.default_endpoint_settings.pg_settings",
    },
    { name: "beside the name", field: fieldOf(cdfConfig, "postgresSchema"), want: "postgres_schema" },
    {
      name: "where it would be, if it were",
      field: fieldOf(syncedTable, "timeseriesKey"),
      want: "status.timeseries_key",
    },
  ];
  test.each(rows)("$name", ({ field, want }) => {
    expect(shownAt(field).join(".")).toBe(want);
  });
});
