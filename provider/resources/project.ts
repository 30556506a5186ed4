import { z } from "zod";
import { computeRules, defaultComputeRules } from "../rules/compute";
import * as limits from "../rules/limits";
import { defaultNeverExpires, oneProtectedBranch, uniqueName } from "../rules/stack";
import { within } from "../rules/within";
import { define } from "../schema/definition";
import { marks, type Wire } from "../schema/marks";
import { isRecord } from "../schema/unknown";
import { duration, flag, id, message, only, reference } from "../schema/values";
import { words } from "../schema/words";
import { computeSize, groupSize, onTombstone, pgSettings, suspensionFromService } from "./shared";

const initial = "it is read only when the project is created; change the branch or endpoint itself instead";

/**
 * A Lakebase project: the unit that holds branches. The service makes the root branch `production` with it, and that
 * branch's read-write endpoint `primary`.
 *
 * @example
 * ```ts
 * const project = new lakebase.Project("shop", {
 *   projectId: "shop",
 *   displayName: "Shop",
 *   pgVersion: 17,
 *   historyRetentionDuration: "14d",
 *   defaultEndpointSettings: {
 *     autoscalingLimitMinCu: 0.5,
 *     autoscalingLimitMaxCu: 4,
 *     suspendTimeoutDuration: "5m",
 *   },
 *   customTags: { team: "web" },
 * });
 *
 * export const owner = project.status.owner;
 * ```
 */
export const project = define({
  type: "Project",
  collection: "projects",
  id: "projectId",
  args: {
    /**
     * The last part of the project's name: 1 to 63 lower-case letters, digits or hyphens, a letter first.
     * Unique in the workspace, soft-deleted projects included. A change replaces the project.
     */
    projectId: id(limits.resourceId).register(marks, { immutable: true, place: "local" }),
    /** Name for people, 1 to 256 characters. Once given it can be changed, not removed: the service's default is not known. */
    displayName: z
      .string("must be a text")
      .min(
        limits.displayName.least,
        `is empty; write ${limits.displayName.least} to ${limits.displayName.most} characters`,
      )
      .max(
        limits.displayName.most,
        `is too long; write ${limits.displayName.least} to ${limits.displayName.most} characters`,
      )
      .optional(),
    /** Major version of Postgres: 16, 17 or 18. The service's default is 17. A change replaces the project. */
    pgVersion: z
      .union(
        [z.number(), z.string().regex(/^\d+$/).transform(Number)],
        `must be one of ${limits.pgVersions.join(", ")}`,
      )
      .refine((version) => limits.pgVersions.some((known) => known === version), {
        error: `is not a version that the service offers; write one of ${limits.pgVersions.join(", ")}`,
      })
      .register(words, { kind: "number", limits: limits.pgVersions.join(", ") })
      .optional()
      .register(marks, { immutable: true }),
    /** How far back branches can be made or restored: 2 d to 35 d. The service's default is 7 d. */
    historyRetentionDuration: duration(limits.historyRetention)
      .optional()
      .register(marks, { resetTo: limits.defaultHistoryRetention }),
    /** What new computes of this project get. */
    defaultEndpointSettings: message({
      /** Least size in compute units (about 2 GB of memory each): 0.5, or a whole number. Default 1. */
      autoscalingLimitMinCu: computeSize().optional().register(marks, { resetTo: limits.compute.defaultCu }),
      /** Greatest size in compute units. At most 8 above the least, unless `lakebase:autoscalingSpreadLimit` says more. Default 1. */
      autoscalingLimitMaxCu: computeSize().optional().register(marks, { resetTo: limits.compute.defaultCu }),
      /** A compute sleeps after this long without a connection: 60 s to 7 d. Default 24 h. Not together with `noSuspension`. */
      suspendTimeoutDuration: duration(limits.suspendTimeout)
        .optional()
        .register(marks, { oneof: "suspension", resetTo: { suspendTimeoutDuration: limits.defaultSuspendTimeout } }),
      /** `true`: computes never sleep. Not together with `suspendTimeoutDuration`. */
      noSuspension: only("to let computes sleep, write suspendTimeoutDuration instead")
        .optional()
        .register(marks, { oneof: "suspension", fromService: suspensionFromService(["default_endpoint_settings"]) }),
      /** Postgres settings, each value as a text. */
      pgSettings: pgSettings().optional().register(marks, { resetTo: {} }),
    }).optional(),
    /** The branch that new branches are made from unless they say otherwise. Default: `production`, which is all that a new project has. */
    defaultBranch: reference("Branch")
      .optional()
      .register(marks, { resetTo: ({ name }: { name: string }) => `${name}/branches/${limits.rootBranchId}` }),
    /** Whether roles may sign in with a Postgres password. Default `false`. */
    enablePgNativeLogin: flag().optional().register(marks, { resetTo: false }),
    /** Budget policy that the project's cost is booked on. Once given it can be changed, not removed. */
    budgetPolicyId: z.string("must be a text").optional(),
    /** Tags for cost reports. Tags that others added are left out of comparisons, but a change here sends the whole list. */
    customTags: z
      .record(z.string(), z.string("must be a text"), "must be a map of texts")
      .transform((tags) =>
        Object.entries(tags)
          .map(([key, value]) => ({ key, value }))
          .sort((a, b) => (a.key < b.key ? -1 : 1)),
      )
      .optional()
      .register(marks, { resetTo: {}, fromService: declaredTags }),
    /** How the service makes `production`. Read only when the project is created. */
    initialBranchSpec: message({
      /** Whether `production` is protected from the start. */
      isProtected: flag().optional(),
    })
      .optional()
      .register(marks, { createOnly: initial, place: "top" }),
    /** How the service makes `primary` on `production`. Read only when the project is created. */
    initialEndpointSpec: message({
      /** Least size in compute units. */
      autoscalingLimitMinCu: computeSize().optional(),
      /** Greatest size in compute units. */
      autoscalingLimitMaxCu: computeSize().optional(),
      /** The compute sleeps after this long without a connection. */
      suspendTimeoutDuration: duration(limits.suspendTimeout).optional().register(marks, { oneof: "suspension" }),
      /** `true`: the compute never sleeps. */
      noSuspension: only("to let the compute sleep, write suspendTimeoutDuration instead")
        .optional()
        .register(marks, { oneof: "suspension" }),
      /** High availability: how many computes stand behind the endpoint. */
      group: message({
        /** Least number of computes, 1 to 4; equal to `max`. */
        min: groupSize().optional(),
        /** Greatest number of computes, 1 to 4; equal to `min`. */
        max: groupSize().optional(),
        /** Whether the standby computes answer reads. */
        enableReadableSecondaries: flag().optional(),
      }).optional(),
    })
      .optional()
      .register(marks, { createOnly: initial, place: "top" }),
    /** `true`: deleting the project frees its id at once and cannot be undone. Default `false`: the service keeps it for some days. */
    purgeOnDelete: flag().optional().register(marks, { onDelete: "purge" }),
    /** `true`: Pulumi neither deletes nor replaces the project; it has to be set to `false` first. Default `false`. */
    deletionProtection: flag().optional().register(marks, { place: "local" }),
    /** What to do where a deleted project holds the id: `fail` (default) says so, `undelete` brings it back with `production` and its compute, `purge` deletes it for good. */
    onTombstone: onTombstone(),
    /** `true`: a change that replaces the project, and so loses all of its data, is let through. Default `false`. */
    allowReplace: flag().optional().register(marks, { place: "local" }),
  },
  status: {
    /** Whom the project belongs to: a user's e-mail, or a service principal's application id. */
    owner: z.string(),
    /** The most data that one branch can hold, in bytes. */
    branchLogicalSizeLimitBytes: z.union([z.number(), z.string()]),
    /** The storage that the project uses, in bytes. */
    syntheticStorageSizeBytes: z.union([z.number(), z.string()]),
    /** When one of its computes was last in use (RFC 3339). */
    computeLastActiveTime: z.string(),
  },
  rules: [
    ...within("defaultEndpointSettings", defaultComputeRules),
    ...within("initialEndpointSpec", computeRules),
    /** `defaultBranch` is a branch of this project; a new project has only `production`. */
    ({ projectId, defaultBranch }, { before }) => {
      const root = `projects/${projectId}/branches/${limits.rootBranchId}`;
      if (defaultBranch === undefined || defaultBranch === root) return undefined;
      const is = (message: string) => ({ property: "defaultBranch", message: `is ${defaultBranch}, ${message}` });
      if (!defaultBranch.startsWith(`projects/${projectId}/`)) {
        return is("which is not in this project; give one of its own branches");
      }
      return before
        ? undefined
        : is(`and a new project has only '${limits.rootBranchId}'; leave it out, run 'pulumi up', then add it`);
    },
  ],
  stackRules: [uniqueName("projectId"), defaultNeverExpires, oneProtectedBranch],
  holds: "all of its branches with their databases, those made from other branches too",
  keepsId: true,
  undeletable: true,
  owner: ["status", "owner"],
  /** A project with a protected branch is not deleted: set `isProtected: false` on the branch and run `pulumi up` first. */
  blockers: {
    among: (name) => `${name}/branches`,
    explain(name, _, branches) {
      const held = branches.filter(({ status }) => isRecord(status) && status["is_protected"] === true);
      if (held.length === 0) return undefined;
      return `${name} has a protected branch (${held.map((branch) => branch["name"]).join(", ")}); set isProtected: false on it, run 'pulumi up', then delete again`;
    },
  },
});

/** The service's list has tags of others too (from policies): only those that the program declares are compared. */
function declaredTags(resource: Wire, declared: unknown): Record<string, string> | undefined {
  const { status } = resource;
  const tags = isRecord(status) ? status["custom_tags"] : undefined;
  const entries = (Array.isArray(tags) ? tags : []).flatMap((tag: unknown): [string, string][] =>
    isRecord(tag) && (declared === undefined || (isRecord(declared) && Object.hasOwn(declared, String(tag["key"]))))
      ? [[String(tag["key"]), String(tag["value"] ?? "")]]
      : [],
  );
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
