/** The plan that `pulumi preview --json --show-sames` prints. */
import { stripVTControlCharacters } from "node:util";
import { isRecord, valueAt } from "../schema/unknown";
import { declared } from "./declared";
import type { Resource } from "./policy-rule";

export interface Plan {
  /** What the program declares of this package. */
  readonly resources: readonly Resource[];
  /** What the engine said of a preview that failed. */
  readonly errors: readonly string[];
  /** How many unchanged resources it counts and does not show. */
  readonly leftOut: number;
}

/** Which of them a preview prints depends on how it went, but none prints nothing. */
const parts = ["steps", "diagnostics", "changeSummary"];

/** `undefined` when the text is no such plan. */
export function planIn(text: string): Plan | undefined {
  const plan = parsed(text);
  if (!isRecord(plan) || !parts.some((part) => part in plan)) return undefined;
  const steps = list(plan["steps"]);
  const same = valueAt(plan, ["changeSummary", "same"]);
  const shown = steps.filter((step) => valueAt(step, ["op"]) === "same").length;
  return {
    // A replacement is several steps, each with the same inputs.
    resources: [...new Map(steps.flatMap(entry)).values()],
    errors: list(plan["diagnostics"]).flatMap(error),
    leftOut: typeof same === "number" ? Math.max(0, same - shown) : 0,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What is only read, or about to be deleted, is not declared. */
function entry(step: unknown): readonly (readonly [string, Resource])[] {
  const [op, urn, state] = ["op", "urn", "newState"].map((key) => valueAt(step, [key]));
  if (typeof urn !== "string" || !isRecord(state) || state["external"] === true) return [];
  if (/^(delete|read|discard)/.test(String(op))) return [];
  const resource = declared(String(state["type"]), urn.split("::").slice(3).join("::"), state["inputs"]);
  return resource === undefined ? [] : [[urn, resource]];
}

/** The engine begins an error with the word, which whoever passes it on says too. */
function error(diagnostic: unknown): readonly string[] {
  const [severity, message] = ["severity", "message"].map((key) => valueAt(diagnostic, [key]));
  return severity === "error"
    ? [
        stripVTControlCharacters(String(message))
          .trim()
          .replace(/^error: /, ""),
      ]
    : [];
}
