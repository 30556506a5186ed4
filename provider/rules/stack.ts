/**
 * What the resources of one program may be together. A rule compares a resource with those that were declared before it;
 * the later one gets the error, which names the earlier one.
 */

import type { Declared, StackRule } from "../schema/rule";
import { type BranchArguments, expiry } from "./branch";
import type { EndpointArguments } from "./endpoint";
import { branchesPerProject, protectedBranchesPerProject, rootBranchId } from "./limits";

function calls({ type, logicalName }: Declared): string {
  return `${type} '${logicalName}'`;
}

function isBranch(declared: Declared<Record<string, unknown>>): declared is Declared<BranchArguments> {
  return declared.type === "Branch";
}

/** No two resources of a program have the same full name. */
export function uniqueName(idArgument: string): StackRule<unknown> {
  const another = idArgument === "parent" ? "another parent" : "another id";
  return (later, earlier) => {
    const twin = later.name === undefined ? undefined : earlier.find((other) => other.name === later.name);
    return (
      twin && {
        property: idArgument,
        message: `makes this ${later.name}, which ${calls(twin)} declares already; remove one of the two or give it ${another}`,
      }
    );
  };
}

/** At most {most} {what} have the same `{shared}`, as far as the program declares them. */
// Counts those that share an argument's value, e.g. all roles of one branch.
export function atMost<Key extends string>(
  most: number,
  shared: Key,
  what: string,
  counts: (args: Readonly<Record<string, unknown>>) => boolean = () => true,
): StackRule<{ readonly [K in Key]?: unknown }> {
  return (later, earlier) => {
    const value = later.args[shared];
    if (value === undefined || !counts(later.args as Readonly<Record<string, unknown>>)) return undefined;
    const others = earlier.filter(
      ({ type, name, args }) =>
        type === later.type && args[shared] === value && counts(args) && (name === undefined || name !== later.name),
    );
    const last = others.at(-1);
    if (!last || others.length < most) return undefined;
    return {
      property: shared,
      message: `is ${value}, which can have ${most} ${what}, and this is one more (the one before it is ${calls(last)}); leave one out`,
    };
  };
}

/** A branch has one read-write endpoint. */
export const oneReadWriteEndpoint: StackRule<EndpointArguments & { parent: string }> = (later, earlier) => {
  if (later.args.endpointType !== "ENDPOINT_TYPE_READ_WRITE" || later.args.parent === undefined) return undefined;
  const twin = earlier.find(
    (other) =>
      other.type === later.type &&
      other.args["endpointType"] === "ENDPOINT_TYPE_READ_WRITE" &&
      other.args["parent"] === later.args.parent &&
      // Two of one name are `uniqueName`'s.
      (later.name === undefined || other.name !== later.name),
  );
  return (
    twin && {
      property: "endpointType",
      message: `is read-write, and ${later.args.parent} has its one read-write endpoint in ${calls(twin)}; write ENDPOINT_TYPE_READ_ONLY`,
    }
  );
};

/** A branch that expires is no other branch's source. */
export const sourceNeverExpires: StackRule<BranchArguments> = (later, earlier) => {
  const source = earlier
    .filter(isBranch)
    .find(({ name, args }) => name !== undefined && name === later.args.sourceBranch && expiry(args));
  return (
    source && {
      property: "sourceBranch",
      message: `is ${calls(source)}, which expires, and a branch with an expiration cannot have children; take the ${expiry(source.args)} from it or fork from another branch`,
    }
  );
};

/** A branch that other branches are made from does not expire. */
export const expiringHasNoChildren: StackRule<BranchArguments> = (later, earlier) => {
  const property = expiry(later.args);
  const child = earlier
    .filter(isBranch)
    .find((other) => later.name !== undefined && other.args.sourceBranch === later.name);
  return (
    property &&
    child && {
      property,
      message: `does not go with ${calls(child)}, which is made from this branch: a branch with an expiration cannot have children; leave it out or give the child another source`,
    }
  );
};

/** A project's default branch does not expire. */
// Judged at the branch when the project came first, as it mostly does.
export const expiringIsNotDefault: StackRule<BranchArguments> = (later, earlier) => {
  const property = expiry(later.args);
  const project = earlier.find((other) => later.name !== undefined && other.args["defaultBranch"] === later.name);
  return (
    property &&
    project && {
      property,
      message: `does not apply to the default branch of ${calls(project)}, which cannot expire; leave it out or choose another defaultBranch`,
    }
  );
};

/** The default branch does not expire. */
export const defaultNeverExpires: StackRule<{ readonly defaultBranch?: string | undefined }> = (later, earlier) => {
  const branch = earlier
    .filter(isBranch)
    .find(({ name, args }) => name !== undefined && name === later.args.defaultBranch && expiry(args));
  return (
    branch && {
      property: "defaultBranch",
      message: `is ${calls(branch)}, which expires, and a default branch cannot; take the ${expiry(branch.args)} from it or choose another`,
    }
  );
};

/** Snapshots are taken of root branches: `production`, and branches that are restored from snapshots. */
// What a default branch that has a source may do, nobody says, so the service judges it. And a branch without a source
// may be one that exists and was restored: the service does not show that.
export function ofRootBranch<Key extends string>(argument: Key): StackRule<{ readonly [K in Key]?: unknown }> {
  return (later, earlier) => {
    const child = earlier.find(
      (other) =>
        other.name !== undefined &&
        other.name === later.args[argument] &&
        isBranch(other) &&
        (other.args.sourceBranch ?? other.args.sourceBranchLsn ?? other.args.sourceBranchTime) !== undefined,
    );
    if (!child || earlier.some(({ args }) => args["defaultBranch"] === child.name)) return undefined;
    return {
      property: argument,
      message: `is ${calls(child)}, which is made from another branch, and the service takes snapshots of root branches alone; give ${rootBranchId}, or a branch that is restored from a snapshot`,
    };
  };
}

interface ProtectedBranch {
  readonly project: string;
  readonly branch: string;
  readonly property: string;
}

/** The branch that a resource protects: itself, or the root branch of a new project. */
function protects(declared: Declared<Record<string, unknown>>): ProtectedBranch | undefined {
  const { type, name, args } = declared;
  if (name === undefined) return undefined;
  if (type === "Branch" && args["isProtected"] === true && typeof args["parent"] === "string") {
    return { project: args["parent"], branch: name, property: "isProtected" };
  }
  const initial = args["initialBranchSpec"] as { readonly isProtected?: boolean } | undefined;
  return type === "Project" && initial?.isProtected === true
    ? { project: name, branch: `${name}/branches/${rootBranchId}`, property: "initialBranchSpec.isProtected" }
    : undefined;
}

/** A project has one protected branch at most, as far as the program declares them. */
export const oneProtectedBranch: StackRule<unknown> = (later, earlier) => {
  const own = protects(later as Declared<Record<string, unknown>>);
  if (!own) return undefined;
  const others = earlier.filter((other) => {
    const its = protects(other);
    return its && its.project === own.project && its.branch !== own.branch;
  });
  const [first] = others;
  if (!first || others.length < protectedBranchesPerProject) return undefined;
  return {
    property: own.property,
    message: `makes one protected branch too many in ${own.project}, which can have ${protectedBranchesPerProject}: ${calls(first)} protects one already; write isProtected: false on one of the two`,
  };
};

/** A project has no more branches than the service allows, as far as the program declares them. */
export const branchCount: StackRule<BranchArguments> = (later, earlier) => {
  const { parent } = later.args;
  if (parent === undefined) return undefined;
  const root = `${parent}/branches/${rootBranchId}`;
  const siblings = earlier.filter((other) => isBranch(other) && other.args.parent === parent);
  const declared = new Set([root, later.name, ...siblings.map((sibling) => sibling.name)]);
  if (declared.size <= branchesPerProject) return undefined;
  const last = siblings.at(-1);
  return {
    property: "parent",
    message: `is ${parent}, which would get more than ${branchesPerProject} branches with this one${last ? ` (the one before it is ${calls(last)})` : ""}; use another project`,
  };
};
