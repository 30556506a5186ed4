/** The size of a compute and when it suspends. The same rules hold for endpoints and for the defaults on a project. */

import type { Rule } from "../schema/rule";
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

function knownSize(property: "autoscalingLimitMinCu" | "autoscalingLimitMaxCu"): Rule<Compute> {
  return (args) => {
    const cu = args[property];
    if (cu === undefined || isAutoscalingSize(cu) || isFixedSize(cu)) return undefined;
    return { property, message: `is ${cu} CU, which the service does not offer; write ${sizes}` };
  };
}

const fixedSizesAreEqual: Rule<Compute> = ({ autoscalingLimitMinCu: min, autoscalingLimitMaxCu: max }) => {
  if (min === undefined || max === undefined || min === max || min > max || !isFixedSize(max)) return undefined;
  return {
    property: "autoscalingLimitMaxCu",
    message: `is ${max} CU, a fixed size that does not autoscale; write ${max} for the minimum too, or a maximum of at most ${compute.largestAutoscaling}`,
  };
};

const minimumNotAboveMaximum: Rule<Compute> = ({ autoscalingLimitMinCu: min, autoscalingLimitMaxCu: max }) => {
  if (min === undefined || max === undefined || min <= max) return undefined;
  return {
    property: "autoscalingLimitMinCu",
    message: `is ${min} CU, more than autoscalingLimitMaxCu (${max}); write a minimum of at most ${max} or a larger maximum`,
  };
};

const spread: Rule<Compute> = ({ autoscalingLimitMinCu: min, autoscalingLimitMaxCu: max }, settings) => {
  if (min === undefined || max === undefined || isFixedSize(max)) return undefined;
  const limit = settings.autoscalingSpreadLimit;
  if (max - min <= limit) return undefined;
  const raise =
    limit < compute.serviceSpread
      ? `; the service itself allows ${compute.serviceSpread}, so 'pulumi config set lakebase:autoscalingSpreadLimit ${compute.serviceSpread}' raises the limit`
      : "";
  const most = isAutoscalingSize(min) ? Math.floor(min + limit) : limit;
  return {
    property: "autoscalingLimitMaxCu",
    message: `is ${max} CU, ${max - min} above autoscalingLimitMinCu (${min}), and the limit is ${limit}; write a maximum of at most ${most} or a minimum of at least ${max - limit}${raise}`,
  };
};

const highAvailability: Rule<Compute> = ({ group, noSuspension }) => {
  if (!group) return undefined;
  const { min = groupSize.least, max = groupSize.least } = group;
  if (min !== max) {
    return {
      property: "group",
      message: `has min ${min} and max ${max}, which must be equal; write the same number, ${groupSize.least} to ${groupSize.most}, for both`,
    };
  }
  if (max > 1 && noSuspension !== true) {
    return {
      property: "group",
      message: `makes ${max} computes highly available, which cannot suspend; write noSuspension: true as well`,
    };
  }
  return undefined;
};

export const computeRules: readonly Rule<Compute>[] = [
  knownSize("autoscalingLimitMinCu"),
  knownSize("autoscalingLimitMaxCu"),
  minimumNotAboveMaximum,
  fixedSizesAreEqual,
  spread,
  highAvailability,
];

/** A project's default settings, where the service fills in 1 CU for a limit that is not given. */
export const defaultComputeRules: readonly Rule<Compute>[] = computeRules.map((rule) => (args, settings) => {
  const { autoscalingLimitMinCu: min, autoscalingLimitMaxCu: max } = args;
  if (min === undefined && max === undefined) return undefined;
  return rule(
    { autoscalingLimitMinCu: min ?? compute.defaultCu, autoscalingLimitMaxCu: max ?? compute.defaultCu },
    settings,
  );
});
