/** The size of a compute and when it suspends. The same rules hold for endpoints and for the defaults on a project. */

import type { Problem, Rule, RuleContext, StackRule } from "../schema/rule";
import { compute, groupSize } from "./limits";

export interface Compute {
  readonly autoscalingLimitMinCu?: number | undefined;
  readonly autoscalingLimitMaxCu?: number | undefined;
  readonly noSuspension?: true | undefined;
  readonly group?: { readonly min?: number | undefined; readonly max?: number | undefined } | undefined;
}

const sizes = `0.5 or a whole number up to ${compute.largestAutoscaling}, or, with minimum and maximum equal, one of ${compute.fixed.join(", ")}`;

function isAutoscalingSize(cu: number): boolean {
  return cu === compute.smallest || (Number.isInteger(cu) && cu >= 1 && cu <= compute.largestAutoscaling);
}

function isFixedSize(cu: number): boolean {
  return compute.fixed.some((size) => size === cu);
}

function isOffered(cu: number): boolean {
  return isAutoscalingSize(cu) || isFixedSize(cu);
}

/** A size is one that the service offers. */
function offeredSize(property: "autoscalingLimitMinCu" | "autoscalingLimitMaxCu"): Rule<Compute> {
  return (args) => {
    const cu = args[property];
    if (cu === undefined || isOffered(cu)) return undefined;
    return { property, message: `is ${cu} CU, which the service does not offer; write ${sizes}` };
  };
}

/** A rule about both sizes, where each by itself is one that the service offers. */
function bothSizes(judge: (min: number, max: number, context: RuleContext) => Problem | undefined): Rule<Compute> {
  return ({ autoscalingLimitMinCu: min, autoscalingLimitMaxCu: max }, context) =>
    min !== undefined && max !== undefined && isOffered(min) && isOffered(max) ? judge(min, max, context) : undefined;
}

/** A fixed size, one too large to autoscale, is both minimum and maximum. */
const fixedSizesAreEqual = bothSizes((min, max) => {
  if (min >= max || !isFixedSize(max)) return undefined;
  return {
    property: "autoscalingLimitMaxCu",
    message: `is ${max} CU, a fixed size that does not autoscale; write ${max} for the minimum too, or a maximum of at most ${compute.largestAutoscaling}`,
  };
});

/** The minimum is not above the maximum. */
const minimumNotAboveMaximum = bothSizes((min, max) => {
  if (min <= max) return undefined;
  return {
    property: "autoscalingLimitMinCu",
    message: `is ${min} CU, more than autoscalingLimitMaxCu (${max}); write a minimum of at most ${max} or a larger maximum`,
  };
});

/** Minimum and maximum lie no further apart than `lakebase:autoscalingSpreadLimit` says. */
const spread = bothSizes((min, max, context) => {
  if (isFixedSize(max)) return undefined;
  const limit = context.autoscalingSpreadLimit;
  if (max - min <= limit) return undefined;
  const raise =
    limit < compute.serviceSpread
      ? `; the service itself allows ${compute.serviceSpread}, so 'pulumi config set lakebase:autoscalingSpreadLimit ${compute.serviceSpread}' raises the limit`
      : "";
  const most = Math.max(min, Math.floor(min + limit));
  return {
    property: "autoscalingLimitMaxCu",
    message: `is ${max} CU, ${max - min} above autoscalingLimitMinCu (${min}), and the limit is ${limit}; write a maximum of at most ${most} or a minimum of at least ${Math.ceil(max - limit)}${raise}`,
  };
});

/** A group's `min` and `max` are equal. */
const groupIsFixed: Rule<Compute> = ({ group = {} }) => {
  const { min = groupSize.least, max = groupSize.least } = group;
  if (min === max) return undefined;
  return {
    property: "group",
    message: `has min ${min} and max ${max}, which must be equal; write the same number, ${groupSize.least} to ${groupSize.most}, for both`,
  };
};

/** A group of more than one compute has `noSuspension`. */
const groupNeverSuspends: Rule<Compute> = (args) => {
  const { min = groupSize.least, max = groupSize.least } = args.group ?? {};
  if (min !== max || max === 1 || args.noSuspension === true) return undefined;
  return {
    property: "group",
    message: `makes ${max} computes highly available, which cannot suspend; write noSuspension: true, and no suspendTimeoutDuration`,
  };
};

const sizesTogether = [minimumNotAboveMaximum, fixedSizesAreEqual, spread];

const sizeRules: readonly Rule<Compute>[] = [
  offeredSize("autoscalingLimitMinCu"),
  offeredSize("autoscalingLimitMaxCu"),
  ...sizesTogether,
];

export const computeRules: readonly Rule<Compute>[] = [...sizeRules, groupIsFixed, groupNeverSuspends];

/** A project's default settings, where the service fills in 1 CU for a limit that is not given. */
export const defaultComputeRules: readonly Rule<Compute>[] = sizeRules.map((rule) => (args, context) => {
  // Getters, since a rule must not stumble over a limit that is not known yet and that it does not read.
  const filled: Compute = {
    get autoscalingLimitMinCu() {
      return args.autoscalingLimitMinCu ?? compute.defaultCu;
    },
    get autoscalingLimitMaxCu() {
      return args.autoscalingLimitMaxCu ?? compute.defaultCu;
    },
  };
  return rule(filled, context);
});

interface Placed extends Compute {
  readonly parent: string;
}

/** An endpoint that gives one of its two limits gets the other from its project, and the two fit together. */
export const fitsProjectDefaults: StackRule<Placed> = (later, earlier, context) => {
  const { parent, autoscalingLimitMinCu: min, autoscalingLimitMaxCu: max } = later.args;
  if (parent === undefined || (min === undefined) === (max === undefined)) return undefined;
  const missing = min === undefined ? "autoscalingLimitMinCu" : "autoscalingLimitMaxCu";
  if (context.before && context.before[missing] === undefined) return undefined;
  const project = earlier.find(({ type, name }) => type === "Project" && parent.startsWith(`${name}/`));
  if (!project || project.unknown?.includes("defaultEndpointSettings")) return undefined;
  const defaults = (project.args["defaultEndpointSettings"] ?? {}) as Compute;
  const whole = {
    autoscalingLimitMinCu: min ?? defaults.autoscalingLimitMinCu ?? compute.defaultCu,
    autoscalingLimitMaxCu: max ?? defaults.autoscalingLimitMaxCu ?? compute.defaultCu,
  };
  const [problem] = sizesTogether.flatMap((rule) => rule(whole, context) ?? []);
  return (
    problem && {
      ...problem,
      message: `${problem.message}; ${missing} is not given here, so it is the default of Project '${project.logicalName}', ${whole[missing]}`,
    }
  );
};
