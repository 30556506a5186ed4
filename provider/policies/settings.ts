/** The rules' figures: what a team may set, and what holds where it sets nothing. */
import { seconds } from "../schema/durations";
import { defaults } from "./defaults";

/** Ids of branches by what they are for. In an id, `*` stands for any text. */
export interface BranchKinds {
  /** Default `["production"]`. */
  readonly production?: readonly string[];
  /** Default `["preview-*"]`, as `PreviewEnvironment` calls them. */
  readonly preview?: readonly string[];
  /** Default `["dev", "dev-*"]`. */
  readonly dev?: readonly string[];
}

/** Figures of the rules. `false` switches a rule off. */
export interface PolicyOptions {
  /**
   * Which branches are `production`, `preview` and `dev`: lists of ids, in which `*` stands for any text. No rule is about
   * any other branch. Without them it is `["production"]`, `["preview-*"]` and `["dev", "dev-*"]`.
   */
  readonly branches?: BranchKinds;
  /** Whether production has to be declared protected. Default `true`. */
  readonly productionProtected?: boolean;
  /** The longest that a preview may live, from now for an `expireTime`. Default `"14d"`. */
  readonly previewTtl?: string | false;
  /** The most CU that a compute of a dev or preview branch may grow to. Default 4. */
  readonly devCu?: number | false;
  /** Whether computes of previews have to sleep. Default `true`. */
  readonly previewSleeps?: boolean;
  /** The least `historyRetentionDuration` of a project. Default `"7d"`. */
  readonly history?: string | false;
}

/** The options with all figures in place, durations in seconds. `undefined`: the rule is off. */
export interface Settings {
  readonly branches: Required<BranchKinds>;
  readonly productionProtected: true | undefined;
  readonly previewTtl: number | undefined;
  readonly devCu: number | undefined;
  readonly previewSleeps: true | undefined;
  readonly history: number | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export function settingsOf(options: PolicyOptions, now: number): Settings {
  return {
    branches: { ...defaults.branches, ...options.branches },
    productionProtected: options.productionProtected === false ? undefined : true,
    previewTtl: duration("previewTtl", options.previewTtl ?? defaults.previewTtl),
    devCu: size(options.devCu ?? defaults.devCu),
    previewSleeps: options.previewSleeps === false ? undefined : true,
    history: duration("history", options.history ?? defaults.history),
    now,
  };
}

function duration(option: string, text: string | false): number | undefined {
  if (text === false) return undefined;
  const total = seconds(text);
  if (total !== undefined && total > 0) return total;
  throw new Error(`${option} is ${JSON.stringify(text)}, which is no duration; write it as "14d" or "12h"`);
}

function size(cu: number | false): number | undefined {
  if (cu === false) return undefined;
  if (Number.isFinite(cu) && cu > 0) return cu;
  throw new Error(`devCu is ${JSON.stringify(cu)}, which is no number of CU; write it as 4`);
}
