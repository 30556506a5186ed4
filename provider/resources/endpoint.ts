import { z } from "zod";
import { type Compute, computeRules, fitsProjectDefaults } from "../rules/compute";
import { endpointRules } from "../rules/endpoint";
import * as limits from "../rules/limits";
import { atMost, oneReadWriteEndpoint, uniqueName } from "../rules/stack";
import { define } from "../schema/definition";
import { marks, type ResetContext, type Wire } from "../schema/marks";
import { projectOf } from "../schema/name";
import { isRecord, valueAt } from "../schema/unknown";
import { duration, flag, id, message, only, reference } from "../schema/values";
import { computeSize, groupSize, pgSettings, suspensionFromService } from "./shared";

interface DefaultSettings extends Compute {
  readonly suspendTimeoutDuration?: string;
}

/** A compute that says nothing gets the project's defaults; what those are is known when the program declares the project. */
function projectDefault(pick: (settings: DefaultSettings) => unknown) {
  return ({ project }: ResetContext): unknown =>
    project && pick((project["defaultEndpointSettings"] as DefaultSettings | undefined) ?? {});
}

/**
 * A compute of a branch: its one read-write endpoint, or a read replica. Creating the read-write endpoint takes over
 * `primary`, which the service made with the branch.
 *
 * @example
 * ```ts
 * const project = new lakebase.Project("shop", { projectId: "shop" });
 * const dev = new lakebase.Branch("dev", { parent: project, branchId: "dev", ttl: "7d" });
 *
 * const primary = new lakebase.Endpoint("dev-primary", {
 *   parent: dev,
 *   endpointId: "primary",
 *   endpointType: "ENDPOINT_TYPE_READ_WRITE",
 *   autoscalingLimitMinCu: 0.5,
 *   autoscalingLimitMaxCu: 4,
 *   suspendTimeoutDuration: "5m",
 * });
 *
 * export const host = primary.host;
 * ```
 */
export const endpoint = define({
  type: "Endpoint",
  collection: "endpoints",
  id: "endpointId",
  args: {
    /** The branch: a `Branch`, or its full name `projects/PROJECT/branches/BRANCH`. A change replaces the endpoint. */
    parent: reference("Branch").register(marks, { immutable: true, place: "local" }),
    /** The last part of the endpoint's name: 3 to 63 lower-case letters, digits or hyphens, a letter first. `primary` is the read-write one. A change replaces the endpoint. */
    endpointId: id(limits.endpointId).register(marks, { immutable: true, place: "local" }),
    /** Read-write (each branch has one) or a read replica. A change replaces the endpoint. */
    endpointType: z
      .enum(
        ["ENDPOINT_TYPE_READ_WRITE", "ENDPOINT_TYPE_READ_ONLY"],
        'must be "ENDPOINT_TYPE_READ_WRITE" or "ENDPOINT_TYPE_READ_ONLY"',
      )
      .register(marks, { immutable: true }),
    /** Least size in compute units (about 2 GB of memory each): 0.5, or a whole number. Default: the project's. */
    autoscalingLimitMinCu: computeSize()
      .optional()
      .register(marks, {
        resetTo: projectDefault((settings) => settings.autoscalingLimitMinCu ?? limits.compute.defaultCu),
      }),
    /** Greatest size in compute units. At most 8 above the least, unless `lakebase:autoscalingSpreadLimit` says more. Default: the project's. */
    autoscalingLimitMaxCu: computeSize()
      .optional()
      .register(marks, {
        resetTo: projectDefault((settings) => settings.autoscalingLimitMaxCu ?? limits.compute.defaultCu),
      }),
    /** The compute sleeps after this long without a connection: 60 s to 7 d. Default: the project's. Not together with `noSuspension`. */
    suspendTimeoutDuration: duration(limits.suspendTimeout)
      .optional()
      .register(marks, {
        oneof: "suspension",
        resetTo: projectDefault((settings) =>
          settings.noSuspension
            ? { noSuspension: true }
            : { suspendTimeoutDuration: settings.suspendTimeoutDuration ?? limits.defaultSuspendTimeout },
        ),
      }),
    /** `true`: the compute never sleeps. Not together with `suspendTimeoutDuration`. */
    noSuspension: only("to let the compute sleep, write suspendTimeoutDuration instead")
      .optional()
      .register(marks, { oneof: "suspension", fromService: suspensionFromService([]) }),
    /** `true`: the compute is stopped and does not wake on a connection. Default `false`. */
    disabled: flag().optional().register(marks, { resetTo: false }),
    /** High availability: how many computes stand behind the endpoint. Needs `noSuspension` when more than one. */
    group: message({
      /** Least number of computes, 1 to 4; equal to `max`. Default 1. */
      min: groupSize().optional().register(marks, { resetTo: limits.groupSize.least }),
      /** Greatest number of computes, 1 to 4; equal to `min`. Default 1. */
      max: groupSize().optional().register(marks, { resetTo: limits.groupSize.least }),
      /** Whether the standby computes answer reads. Default `false`. */
      enableReadableSecondaries: flag().optional().register(marks, { resetTo: false, filledIn: isReadOnly }),
    }).optional(),
    /** Settings of the compute. */
    settings: message({
      /** Postgres settings, each value as a text. */
      pgSettings: pgSettings().optional().register(marks, { resetTo: {} }),
    }).optional(),
  },
  status: {
    /** What it is now. */
    currentState: z.enum(["INIT", "ACTIVE", "IDLE", "DEGRADED"]),
    /** What it is about to be, while the service is at work on it. */
    pendingState: z.enum(["INIT", "ACTIVE", "IDLE", "DEGRADED"]),
    /** When it was last in use (RFC 3339). */
    lastActiveTime: z.string(),
    /** Where to connect to. */
    hosts: z.object({
      /** Of the endpoint itself. */
      host: z.string(),
      /** Of those of its computes that only read. */
      readOnlyHost: z.string(),
      /** Like `host`, through the service's connection pool. */
      readWritePooledHost: z.string(),
      /** Like `readOnlyHost`, through the service's connection pool. */
      readOnlyPooledHost: z.string(),
    }),
  },
  outputs: {
    /** Where to connect to. */
    host: ["status", "hosts", "host"],
    /** Where those of its computes answer that only read. */
    readOnlyHost: ["status", "hosts", "read_only_host"],
    /** Like `host`, through the service's connection pool. */
    pooledHost: ["status", "hosts", "read_write_pooled_host"],
    /** Like `readOnlyHost`, through the service's connection pool. */
    readOnlyPooledHost: ["status", "hosts", "read_only_pooled_host"],
  },
  rules: [...computeRules, ...endpointRules],
  stackRules: [
    uniqueName("endpointId"),
    oneReadWriteEndpoint,
    fitsProjectDefaults,
    atMost(limits.readReplicasPerBranch, "parent", "read replicas", isReplica),
  ],
  rests: limits.endpointIdRests,
  /** `primary`, which the service makes with the branch, is taken over when it is declared. */
  implicit: ({ endpointType }) => endpointType === "ENDPOINT_TYPE_READ_WRITE",
  /** The read-write endpoint goes with its branch: deleting it alone only lets go of it. */
  goesWithParent: ({ endpointType }) => endpointType === "ENDPOINT_TYPE_READ_WRITE",
  // "done" does not mean settled: while a state is pending, the next write is refused.
  settled: ({ status }) => !isRecord(status) || !status["pending_state"],
  /** A protected branch's computes are not deleted: set `isProtected: false` on the branch and run `pulumi up` first. */
  blockers: {
    among: (name) => `${projectOf(name)}/branches`,
    explain(name, _, branches) {
      const own = branches.find((other) => name.startsWith(`${other["name"]}/`));
      return own && valueAt(own, ["status", "is_protected"]) === true
        ? `${own["name"]} is protected, and so are its computes; set isProtected: false on it, run 'pulumi up', then delete again`
        : undefined;
    },
  },
});

/** The service shows read-only computes as readable secondaries, whatever was sent (databricks/cli testserver, 2026-08). */
function isReadOnly({ status }: Wire): boolean {
  return valueAt(status, ["endpoint_type"]) === "ENDPOINT_TYPE_READ_ONLY";
}

function isReplica(args: Readonly<Record<string, unknown>>): boolean {
  return args["endpointType"] === "ENDPOINT_TYPE_READ_ONLY";
}
