/**
 * Rules about a team's practice, for a pack of Pulumi policies. `npx pulumi-lakebase check` judges by the same rules
 * without a pack.
 * @packageDocumentation
 */
import "./node";
import { ofStack, rulesIn } from "./policies";
import { declared } from "./policies/declared";
import type { PolicyRule, Resource } from "./policies/policy-rule";
import { type PolicyOptions, type Settings, settingsOf } from "./policies/settings";

export type { BranchKinds, PolicyOptions } from "./policies/settings";

/** How a policy tells what it found; without a `urn`, of the resource that it is asked about. */
export type Report = (message: string, urn?: string) => void;

/** A resource as `@pulumi/policy` shows it. */
export interface PolicySubject {
  /** Its type for Pulumi. */
  readonly type: string;
  /** Its name in the program. */
  readonly name: string;
  /** Its URN. */
  readonly urn: string;
  /** Its inputs, and of a whole stack its outputs. */
  readonly props: Readonly<Record<string, unknown>>;
}

/** A policy of `@pulumi/policy`, which this package does not load. */
export interface LakebasePolicy {
  /** What a pack's configuration calls it. */
  readonly name: string;
  /** What holds, and why. */
  readonly description: string;
  /** Judges one resource, before it is made. */
  validateResource(subject: PolicySubject, report: Report): void;
  /** Judges what only the whole stack shows. */
  validateStack(stack: { readonly resources: readonly PolicySubject[] }, report: Report): void;
}

/**
 * The rules as the `policies` of a `PolicyPack`. How strictly each is enforced is the pack's `enforcementLevel`, or its
 * configuration's.
 *
 * @example
 * ```ts
 * import { PolicyPack } from "@pulumi/policy";
 * import { lakebasePolicies } from "pulumi-lakebase/policy";
 *
 * new PolicyPack("lakebase", {
 *   enforcementLevel: "mandatory",
 *   policies: lakebasePolicies({ previewTtl: "7d", devCu: 2, history: "14d" }),
 * });
 * ```
 */
export function lakebasePolicies(options: PolicyOptions = {}): LakebasePolicy[] {
  // Options that make no sense are told when the pack starts.
  const settings = settingsOf(options, Date.now());
  const seen = new Map<string, Resource>();
  return rulesIn(settings).map((rule) => policy(rule, () => ({ ...settings, now: Date.now() }), seen));
}

/**
 * A stack is shown by its outputs, and a resource by its inputs, which are what was declared: `seen` keeps them. A
 * resource that this run was not asked about, as one beside a `--target`, is known to the rules and not accused.
 */
function policy(rule: PolicyRule, settings: () => Settings, seen: Map<string, Resource>): LakebasePolicy {
  return {
    name: rule.name,
    description: rule.description,
    validateResource({ type, name, urn, props }, report) {
      const resource = declared(type, name, props);
      if (resource === undefined) return;
      seen.set(urn, resource);
      const message = rule.one?.(resource, settings());
      if (message !== undefined) report(message);
    },
    validateStack({ resources }, report) {
      const own = new Map<Resource, string>();
      const others: Resource[] = [];
      for (const { type, name, urn, props } of resources) {
        const known = seen.get(urn);
        const other = known === undefined ? declared(type, name, props) : undefined;
        if (known !== undefined) own.set(known, urn);
        if (other !== undefined) others.push(other);
      }
      for (const { resource, message } of ofStack(rule, [...own.keys()], others, settings())) {
        report(message, own.get(resource));
      }
    },
  };
}
