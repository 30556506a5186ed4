import { projectOf } from "../schema/name";
import { isRecord } from "../schema/unknown";
import { branchId, kindOf } from "./branch-kinds";
import { called, isUnsure, type PolicyRule, type Resource, type Violation } from "./policy-rule";
import type { Settings } from "./settings";

/** A branch that is declared unprotected is seen by itself; for one that says nothing, its project may have spoken. */
export const productionProtected: PolicyRule = {
  option: "productionProtected",
  name: "lakebase-production-protected",
  description:
    "Production is declared protected: a protected branch is not deleted, not reset and does not expire, whatever a program or a person asks for.",

  one(resource, settings) {
    const isExposed = isProduction(resource, settings) && resource.args["isProtected"] === false;
    return isExposed ? `${called(resource)} is declared unprotected; write isProtected: true` : undefined;
  },

  all(resources, settings): readonly Violation[] {
    const productions = resources.filter((resource) => isProduction(resource, settings));
    const silent = productions.filter(
      (branch) =>
        branch.args["isProtected"] === undefined &&
        !isUnsure(branch, "isProtected") &&
        !resources.some((other) => isProjectOf(other, branch) && protectsFromTheStart(other) !== false),
    );
    // A branch whose place is not known may be any project's production.
    const isAnybodys = resources.some((each) => each.type === "Branch" && isUnsure(each, "parent", "branchId"));
    const bare = resources.filter(
      (project) =>
        project.type === "Project" &&
        project.name !== undefined &&
        protectsFromTheStart(project) === false &&
        !isAnybodys &&
        !productions.some((branch) => isProjectOf(project, branch)),
    );
    return [
      ...silent.map((resource) => ({
        resource,
        message: `${called(resource)} is not declared protected; write isProtected: true`,
      })),
      ...bare.map((resource) => ({
        resource,
        message: `${called(resource)} is declared without a protected production; declare its Branch '${settings.branches.production[0]}' with isProtected: true`,
      })),
    ];
  },
};

function isProduction(resource: Resource, settings: Settings): boolean {
  const id = resource.type === "Branch" ? branchId(resource) : undefined;
  return id !== undefined && kindOf(id, settings) === "production";
}

function isProjectOf({ type, name }: Resource, branch: Resource): boolean {
  return (
    type === "Project" &&
    name !== undefined &&
    (branch.args["parent"] === name || projectOf(branch.name ?? "") === name)
  );
}

/** What the project says of the branch that the service makes with it; `undefined` while that is not known. */
function protectsFromTheStart(project: Resource): boolean | undefined {
  if (isUnsure(project, "initialBranchSpec")) return undefined;
  const initial = project.args["initialBranchSpec"];
  return isRecord(initial) && initial["isProtected"] === true;
}
