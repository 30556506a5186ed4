import { defaultHistoryRetention } from "../rules/limits";
import { readable, seconds } from "../schema/durations";
import { called, isUnsure, type PolicyRule } from "./policy-rule";

const argument = "historyRetentionDuration";

export const history: PolicyRule = {
  option: "history",
  name: "lakebase-history",
  description:
    "A project keeps enough history: production can be restored to a moment before a mistake only while that moment is kept.",

  one(resource, { history: least }) {
    if (resource.type !== "Project" || least === undefined || isUnsure(resource, argument)) return undefined;
    const declared = resource.args[argument];
    const kept = seconds(String(declared ?? defaultHistoryRetention));
    if (kept === undefined || kept >= least) return undefined;
    const words =
      declared === undefined ? `${readable(kept)} of history, the service's default` : `${declared} of history`;
    return `${called(resource)} keeps ${words}, and ${readable(least)} is the least; write ${argument}: "${readable(least)}" or more`;
  },
};
