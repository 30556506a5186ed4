/**
 * What people use now, measured in November 2026 on two cores against one fake service: 1 project, 10 branches and 10
 * read-only endpoints, medians. Kept here as figures, since the tools themselves are downloads.
 */
export interface Peer {
  readonly name: string;
  /** By phase; `undefined` where a tool has no such phase. */
  readonly requests: Phases<number | undefined>;
  readonly seconds: Phases<number | undefined>;
  /** With operations of 3 s and 50 ms of latency, in seconds. */
  readonly slowCreate?: number;
}

export const phases = ["create", "preview", "apply", "refresh", "oneField", "destroy"] as const;
export type Phase = (typeof phases)[number];
export type Phases<Value> = Readonly<Record<Phase, Value>>;

/** As a reader calls them. */
export const titles: Phases<string> = {
  create: "create",
  preview: "preview, no change",
  apply: "apply, no change",
  refresh: "refresh",
  oneField: "one field",
  destroy: "destroy",
};

export const peers: readonly Peer[] = [
  {
    name: "Databricks bundles, direct engine",
    requests: inOrder(74, 26, 51, undefined, 54, 72),
    seconds: inOrder(3.2, 0.6, 1.7, undefined, 1.9, 3.5),
    slowCreate: 20.9,
  },
  {
    name: "OpenTofu, Databricks' Terraform provider",
    requests: inOrder(46, 23, 23, 23, 27, 69),
    seconds: inOrder(2.4, 0.8, 0.8, 0.8, 0.9, 2.8),
    slowCreate: 19.9,
  },
  {
    name: "Pulumi, bridged provider",
    requests: inOrder(44, 2, 2, 23, 4, 44),
    seconds: inOrder(3.8, 2.1, 2.1, 1.0, 2.2, 2.4),
    slowCreate: 24.1,
  },
];

function inOrder<Value>(...values: readonly Value[]): Phases<Value> {
  return Object.fromEntries(phases.map((phase, index) => [phase, values[index]])) as Phases<Value>;
}
