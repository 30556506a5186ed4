import { invalid } from "./errors";
import { type JsonObject, numberAt, objectAt, set, textAt, unset } from "./json";
import { type Check, duration, number, onlyTrue, textMap } from "./shape";

/** Sizes, suspension and settings of computes, which projects (as defaults) and endpoints share. */
export interface ComputeDefaults {
  readonly minimumCu: number;
  readonly maximumCu: number;
  readonly suspension: JsonObject;
  readonly pgSettings: JsonObject | undefined;
}

/** What the API fills in when nothing is sent (databricks/cli goldens, June to September 2026). */
export const SERVICE_DEFAULTS: ComputeDefaults = {
  minimumCu: 1,
  maximumCu: 1,
  suspension: { suspend_timeout_duration: "86400s" },
  pgSettings: undefined,
};

/** 0.5 or whole CU up to 64 autoscale; above that only these, and fixed (product documentation, mid-2026). */
const AUTOSCALE_CEILING = 64;
const FIXED_SIZES = [72, 80, 88, 96, 104, 112];
/** Enforced by the service (sdk EndpointSpec; field report 2026-04-27); it was 8 before. */
const LARGEST_SPREAD = 16;

export const SUSPENSION = ["suspend_timeout_duration", "no_suspension"] as const;

export const COMPUTE_FIELDS: Readonly<Record<string, Check>> = {
  autoscaling_limit_min_cu: number,
  autoscaling_limit_max_cu: number,
  suspend_timeout_duration: duration(60, 604_800),
  no_suspension: onlyTrue(
    "Invalid 'no_suspension' value: must be true to disable suspension. Provide 'suspend_timeout_duration' instead.",
  ),
};

export const PG_SETTINGS: Check = textMap;

/** The size and suspension at `path` of `inputs`, with what is missing filled in. */
export function fillCompute(inputs: JsonObject, path: string, defaults: ComputeDefaults): JsonObject {
  const given = objectAt(inputs, path);
  const suspension = SUSPENSION.some((member) => given[member] !== undefined) ? {} : defaults.suspension;
  const filled = {
    ...given,
    autoscaling_limit_min_cu: numberAt(given, "autoscaling_limit_min_cu") ?? defaults.minimumCu,
    autoscaling_limit_max_cu: numberAt(given, "autoscaling_limit_max_cu") ?? defaults.maximumCu,
    ...suspension,
  };
  checkSize(path, filled.autoscaling_limit_min_cu, filled.autoscaling_limit_max_cu);
  return set(inputs, path, filled);
}

/** Settings as a read shows them: an empty map is no map. */
export function showSettings(settings: JsonObject): JsonObject {
  return Object.keys(objectAt(settings, "pg_settings")).length === 0 ? unset(settings, "pg_settings") : settings;
}

export function readCompute(value: JsonObject): ComputeDefaults {
  const timeout = textAt(value, "suspend_timeout_duration");
  const pgSettings = value["pg_settings"];
  return {
    minimumCu: numberAt(value, "autoscaling_limit_min_cu") ?? SERVICE_DEFAULTS.minimumCu,
    maximumCu: numberAt(value, "autoscaling_limit_max_cu") ?? SERVICE_DEFAULTS.maximumCu,
    suspension: timeout === undefined ? { no_suspension: true } : { suspend_timeout_duration: timeout },
    pgSettings: pgSettings === undefined ? undefined : objectAt(value, "pg_settings"),
  };
}

/** The texts are inventions: of the range violations only the figures are known. */
function checkSize(path: string, minimum: number, maximum: number): void {
  checkFigure(`${path}.autoscaling_limit_min_cu`, minimum);
  checkFigure(`${path}.autoscaling_limit_max_cu`, maximum);
  if (minimum > maximum) {
    throw invalid(`Field '${path}.autoscaling_limit_min_cu' (${minimum}) must not exceed the maximum (${maximum})`);
  }
  if (maximum > AUTOSCALE_CEILING && minimum !== maximum) {
    throw invalid(`A compute of ${maximum} CU does not autoscale: minimum and maximum must be equal, got ${minimum}`);
  }
  if (maximum - minimum > LARGEST_SPREAD) {
    throw invalid(`The difference between maximum and minimum CU must not exceed ${LARGEST_SPREAD}`);
  }
}

function checkFigure(path: string, size: number): void {
  const offered =
    size === 0.5 || (Number.isInteger(size) && size >= 1 && size <= AUTOSCALE_CEILING) || FIXED_SIZES.includes(size);
  if (!offered) throw invalid(`Field '${path}' must be a compute size that is offered, got ${size}`);
}
