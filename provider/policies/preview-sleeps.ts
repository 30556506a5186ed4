import { branchId, kindOf } from "./branch-kinds";
import { inheriting, remedy } from "./computes";
import { called, type PolicyRule, type Resource, type Violation } from "./policy-rule";
import type { Settings } from "./settings";

export const previewSleeps: PolicyRule = {
  option: "previewSleeps",
  name: "lakebase-preview-sleeps",
  description:
    "Computes of previews sleep: a preview is used for minutes a day, and a compute that never sleeps is paid for around the clock.",

  one(resource, settings) {
    if (resource.type !== "Endpoint" || !isPreview(resource, settings)) return undefined;
    return resource.args["noSuspension"] === true
      ? `${called(resource)} is a preview's and never sleeps; write suspendTimeoutDuration: "5m" instead of noSuspension`
      : undefined;
  },

  all(resources, settings): readonly Violation[] {
    return inheriting(resources, "noSuspension", "suspendTimeoutDuration").flatMap(
      ({ resource, project, defaults }) => {
        if (defaults["noSuspension"] !== true || !isPreview(resource, settings)) return [];
        const what = remedy(resource, 'give it a suspendTimeoutDuration, as "5m"');
        const message = `${called(resource)} is a preview's and never sleeps, as ${called(project)} says for its computes; ${what}`;
        return [{ resource, message }];
      },
    );
  },
};

function isPreview(resource: Resource, settings: Settings): boolean {
  const id = branchId(resource);
  return id !== undefined && kindOf(id, settings) === "preview";
}
