import { branchId, kindOf } from "./branch-kinds";
import { inheriting, remedy } from "./computes";
import { called, isUnsure, type PolicyRule, type Resource, type Violation } from "./policy-rule";
import type { Settings } from "./settings";

export const devCu: PolicyRule = {
  option: "devCu",
  name: "lakebase-dev-cu",
  description:
    "Computes of dev and preview branches stay small: one bad query makes a compute grow to its maximum, and there are many of them.",

  one(resource, settings) {
    if (resource.type !== "Endpoint" || !isSmall(resource, settings)) return undefined;
    if (isUnsure(resource, "autoscalingLimitMaxCu")) return undefined;
    const greatest = resource.args["autoscalingLimitMaxCu"];
    return settings.devCu !== undefined && Number(greatest) > settings.devCu
      ? `${called(resource)} may grow to ${greatest} CU, and computes of dev and preview branches to ${settings.devCu} at most; lower its autoscalingLimitMaxCu`
      : undefined;
  },

  all(resources, settings): readonly Violation[] {
    const { devCu: most } = settings;
    return inheriting(resources, "autoscalingLimitMinCu", "autoscalingLimitMaxCu").flatMap(
      ({ resource, project, defaults }) => {
        const greatest = defaults["autoscalingLimitMaxCu"];
        if (most === undefined || !isSmall(resource, settings) || !(Number(greatest) > most)) return [];
        const what = remedy(resource, `give it an autoscalingLimitMaxCu of ${most} or less`);
        const message = `${called(resource)} may grow to the ${greatest} CU that ${called(project)} gives its computes, and computes of dev and preview branches to ${most} at most; ${what}`;
        return [{ resource, message }];
      },
    );
  },
};

function isSmall(resource: Resource, settings: Settings): boolean {
  const id = branchId(resource);
  const kind = id === undefined ? undefined : kindOf(id, settings);
  return kind === "dev" || kind === "preview";
}
