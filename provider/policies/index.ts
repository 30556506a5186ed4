/** All rules about a team's practice, and what they say of a program. */
import { devCu } from "./dev-cu";
import { history } from "./history";
import type { PolicyRule, Resource, Violation } from "./policy-rule";
import { previewSleeps } from "./preview-sleeps";
import { previewTtl } from "./preview-ttl";
import { productionProtected } from "./production-protected";
import type { Settings } from "./settings";

export const policyRules: readonly PolicyRule[] = [productionProtected, previewTtl, devCu, previewSleeps, history];

/** The rules that are not switched off. */
export function rulesIn(settings: Settings): readonly PolicyRule[] {
  return policyRules.filter(({ option }) => settings[option] !== undefined);
}

/** What all rules say of the resources that a program declares; `others` are known to it and not its own. */
export function violations(
  declared: readonly Resource[],
  others: readonly Resource[],
  settings: Settings,
): readonly Violation[] {
  return rulesIn(settings).flatMap((rule) => [
    ...declared.flatMap((resource) => {
      const message = rule.one?.(resource, settings);
      return message === undefined ? [] : [{ resource, message }];
    }),
    ...ofStack(rule, declared, others, settings),
  ]);
}

/** What one rule says of the whole, about the program's own resources. */
export function ofStack(
  rule: PolicyRule,
  declared: readonly Resource[],
  others: readonly Resource[],
  settings: Settings,
): readonly Violation[] {
  const found = rule.all?.([...declared, ...others], settings) ?? [];
  return found.filter(({ resource }) => declared.includes(resource));
}
