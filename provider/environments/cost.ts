/** What computes cost in CU-hours: one CU that is awake for one hour. */
import { defaultSuspendTimeout, groupSize, compute as limits } from "../rules/limits";
import type { Environment } from "./environment";
import type { ComputeOfTable, EnvironmentTable } from "./table";

/** A year's hours, by months. */
export const hoursOfMonth = 730;

export interface Cost {
  readonly least: number;
  readonly most: number;
}

export const nothing: Cost = { least: 0, most: 0 };

export function sum(costs: readonly Cost[]): Cost {
  return costs.reduce((one, other) => ({ least: one.least + other.least, most: one.most + other.most }), nothing);
}

/** A compute as it will be: what is not said comes from the project's defaults, and from the service's. */
export interface Sized {
  readonly least: number;
  readonly most: number;
  readonly computes: number;
  /** How long it takes to fall asleep; absent when it never does. */
  readonly sleepsAfter?: string | undefined;
  readonly disabled: boolean;
}

export function sized(compute: ComputeOfTable, { defaultEndpointSettings: defaults = {} }: EnvironmentTable): Sized {
  const says = compute.noSuspension !== undefined || compute.suspendTimeoutDuration !== undefined ? compute : defaults;
  return {
    least: compute.autoscalingLimitMinCu ?? defaults.autoscalingLimitMinCu ?? limits.defaultCu,
    most: compute.autoscalingLimitMaxCu ?? defaults.autoscalingLimitMaxCu ?? limits.defaultCu,
    computes: compute.group?.max ?? groupSize.least,
    sleepsAfter: says.noSuspension ? undefined : (says.suspendTimeoutDuration ?? defaultSuspendTimeout),
    disabled: compute.disabled === true,
  };
}

/** In a month. One that sleeps may sleep all the time, and one whose branch expires may be gone for most of it. */
export function costOf({ least, most, computes, sleepsAfter, disabled }: Sized, expires: boolean): Cost {
  if (disabled) return nothing;
  const hours = computes * hoursOfMonth;
  return { least: expires || sleepsAfter !== undefined ? 0 : least * hours, most: most * hours };
}

export function costOfEnvironment({ compute, replicas, expires }: Environment, table: EnvironmentTable): Cost {
  const each = Array.from({ length: replicas.count }, () => replicas.compute);
  return sum([compute, ...each].map((one) => costOf(sized(one, table), expires)));
}
