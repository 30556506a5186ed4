/** What computes get from their project, where they say nothing themselves. */
import { readWriteEndpointId } from "../rules/limits";
import { projectOf } from "../schema/name";
import { isRecord } from "../schema/unknown";
import { branchName } from "./branch-kinds";
import { isUnsure, type Resource } from "./policy-rule";

export interface Inherited {
  /** An endpoint, or a branch whose `primary` is not declared. */
  readonly resource: Resource;
  readonly project: Resource;
  /** The project's `defaultEndpointSettings`. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

/** The computes that declare none of these arguments, of projects that the program declares. */
export function inheriting(resources: readonly Resource[], ...args: readonly string[]): readonly Inherited[] {
  const endpoints = resources.filter(({ type }) => type === "Endpoint");
  const silent = endpoints.filter(
    (endpoint) => !isUnsure(endpoint, ...args) && args.every((arg) => endpoint.args[arg] === undefined),
  );
  // An endpoint whose place is not known may be any branch's primary.
  const bare = endpoints.some((endpoint) => isUnsure(endpoint, "parent", "endpointId"))
    ? []
    : resources.filter((branch) => branch.type === "Branch" && !endpoints.some((each) => isPrimaryOf(each, branch)));
  return [...silent, ...bare].flatMap((resource) => {
    const name = branchName(resource);
    const project =
      name === undefined
        ? undefined
        : resources.find((each) => each.type === "Project" && each.name === projectOf(name));
    const defaults = project?.args["defaultEndpointSettings"];
    return project === undefined || !isRecord(defaults) || isUnsure(project, "defaultEndpointSettings")
      ? []
      : [{ resource, project, defaults }];
  });
}

function isPrimaryOf(endpoint: Resource, { name }: Resource): boolean {
  return endpoint.args["endpointId"] === readWriteEndpointId && branchName(endpoint) === name;
}

/** What to say to an endpoint, or to a branch whose `primary` has to be declared first. */
export function remedy({ type }: Resource, words: string): string {
  return type === "Branch" ? `declare its Endpoint '${readWriteEndpointId}' and ${words}` : words;
}
