/** Computes that many environments have. What an environment says of its own counts more. */
import type { ComputeOfTable } from "./table";

export const presetNames = ["small", "standard", "highAvailability"] as const;

export type Preset = (typeof presetNames)[number];

export const presets: Readonly<Record<Preset, ComputeOfTable>> = {
  // The least that the service offers, asleep soon after its last user: for development, where nobody minds a second's wait.
  small: { autoscalingLimitMinCu: 0.5, autoscalingLimitMaxCu: 2, suspendTimeoutDuration: "5m" },
  // It grows with the load and stays awake through a meeting: for staging, and for production that may pause at night.
  standard: { autoscalingLimitMinCu: 1, autoscalingLimitMaxCu: 4, suspendTimeoutDuration: "1h" },
  // Two computes, so that one can fail, which the service allows only where they never sleep: for production.
  highAvailability: {
    autoscalingLimitMinCu: 2,
    autoscalingLimitMaxCu: 8,
    noSuspension: true,
    group: { min: 2, max: 2 },
  },
};
