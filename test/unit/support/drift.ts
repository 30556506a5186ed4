/** Tables of what somebody changes at the service beside Pulumi. */
import type { AnyDefinition } from "../../../provider/schema/definition";
import type { Wire } from "../../../provider/schema/marks";
import { fullName } from "../../../provider/schema/name";
import { plan } from "../../../provider/schema/plan";
import { outputs, project } from "../../../provider/schema/service";
import { valueAt } from "../../../provider/schema/unknown";
import { isMutable } from "./arbitraries";
import { args, type Values } from "./resources";

/** One field, as it is declared and as the service shows it: in its status, or beside the name where there is none. */
export interface Drifting {
  readonly field: string;
  readonly declared: Values;
  /** The declared value in the service's spelling. */
  readonly same: Values;
  /** After somebody's change. */
  readonly changed: Values;
  /** The arguments that a refresh then makes of the declared ones; `undefined` is one that is not there any more. */
  readonly becomes: Values;
}

/** A resource as the service shows it. */
export function shown(definition: AnyDefinition, said: Values): Wire {
  const name = fullName(definition, args(definition));
  return definition.flat ? { name, ...said } : { name, create_time: "2026-11-24T12:00:00Z", status: said };
}

/** Three tests: no drift, drift of each field, and that no field is left out. `rest` is what the service says of the other fields. */
export function drifts(definition: AnyDefinition, rest: Values, rows: readonly Drifting[]): void {
  const refreshed = (declared: Values, said: Values) =>
    project(definition, args(definition, declared), shown(definition, { ...rest, ...said }));
  const state = (declared: Values, said: Values) => ({
    ...refreshed(declared, said),
    ...outputs(definition, shown(definition, { ...rest, ...said })),
  });

  test.each(rows)("$field in the service's spelling is no drift", ({ declared, same }) => {
    expect(refreshed(declared, same)).toEqual(args(definition, declared));
  });

  test.each(rows)("$field that somebody has changed is what it is now, and is set back", (row) => {
    expect(refreshed(row.declared, row.changed)).toEqual(args(definition, row.becomes));
    const { mask, replaces } = plan(definition, state(row.declared, row.changed), args(definition, row.declared));
    expect(mask.length + replaces.length).toBe(1);
  });

  test("is looked for in every field that can change", () => {
    const missing = definition.slots
      .filter(isMutable)
      .flatMap(({ fields }) => fields)
      .filter(({ path }) => !rows.some(({ declared }) => valueAt(declared, path) !== undefined));
    expect(missing.map(({ path }) => path.join("."))).toEqual([]);
  });
}
