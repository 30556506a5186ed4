import { invalid } from "./errors";
import { flagAt, isObject, type Json, type JsonObject, textAt } from "./json";
import { formatWait, parseWait } from "./values";

/** How the emulator behaves where the service's behaviour varies, or where a test wants to see a rare one. */
export interface Settings {
  /** Milliseconds from a mutation to its operation being done. */
  readonly operationTime: number;
  /** Milliseconds during which an endpoint stays busy after its operation is done; `null` follows `operationTime`. */
  readonly reconcileTime: number | null;
  /** Milliseconds during which a deleted synced table can still be read; `null` follows `operationTime`. */
  readonly lingerTime: number | null;
  /** Return the submitted `spec` on reads, as the service did for two weeks in July 2026. */
  readonly echoSpec: boolean;
  /** The service's spelling of a duplicate branch, or that of the databricks/cli testserver. */
  readonly duplicateBranch: "real" | "fake";
  /** Enforce counts that mostly hinder tests: root and unarchived branches, active computes, replicas. */
  readonly limits: boolean;
  /** Refuse a `source_branch_time` on a whole minute with a 500 (field report 2026-10-03). */
  readonly wholeMinuteFailure: boolean;
  /** A read-only endpoint created within seconds of its namesake's deletion is listed, but not found (databricks/cli#5872). */
  readonly ghostEndpoints: boolean;
  /** Answer `/.well-known/databricks-config`; databricks-sdk for Python (0.162) needs it to sign in with a client secret. */
  readonly hostMetadata: boolean;
  /** How many API requests are taken in a second, by a bucket of as many tokens; `null`: any number. */
  readonly requestLimit: number | null;
}

export const DEFAULT_SETTINGS: Settings = {
  operationTime: 0,
  reconcileTime: null,
  lingerTime: null,
  echoSpec: false,
  duplicateBranch: "real",
  limits: false,
  wholeMinuteFailure: false,
  ghostEndpoints: false,
  hostMetadata: false,
  requestLimit: null,
};

export function reconcileTime(settings: Settings): number {
  return settings.reconcileTime ?? settings.operationTime;
}

export function lingerTime(settings: Settings): number {
  return settings.lingerTime ?? settings.operationTime;
}

export function showSettings(settings: Settings): JsonObject {
  return {
    ...settings,
    operationTime: formatWait(settings.operationTime),
    reconcileTime: formatWait(reconcileTime(settings)),
    lingerTime: formatWait(lingerTime(settings)),
  };
}

/** `settings` with the changes of a `PATCH /_emulator/settings`; an unknown key is refused, or a typo would do nothing. */
export function changeSettings(settings: Settings, changes: Json): Settings {
  if (!isObject(changes)) throw invalid("settings must be an object");
  const unknown = Object.keys(changes).find((key) => !Object.hasOwn(DEFAULT_SETTINGS, key));
  if (unknown !== undefined) {
    throw invalid(`unknown setting '${unknown}'; known are ${Object.keys(DEFAULT_SETTINGS).join(", ")}`);
  }
  return {
    operationTime: wait(changes, "operationTime") ?? settings.operationTime,
    reconcileTime: waitOrNone(changes, "reconcileTime", settings.reconcileTime),
    lingerTime: waitOrNone(changes, "lingerTime", settings.lingerTime),
    echoSpec: toggle(changes, "echoSpec", settings.echoSpec),
    duplicateBranch: duplicateBranch(changes, settings.duplicateBranch),
    limits: toggle(changes, "limits", settings.limits),
    wholeMinuteFailure: toggle(changes, "wholeMinuteFailure", settings.wholeMinuteFailure),
    ghostEndpoints: toggle(changes, "ghostEndpoints", settings.ghostEndpoints),
    hostMetadata: toggle(changes, "hostMetadata", settings.hostMetadata),
    requestLimit: limit(changes, settings.requestLimit),
  };
}

function wait(changes: JsonObject, key: string): number | undefined {
  if (changes[key] === undefined) return undefined;
  const milliseconds = parseWait(textAt(changes, key) ?? "");
  if (milliseconds === undefined) throw invalid(`setting '${key}' must be a duration such as "2s" or "500ms"`);
  return milliseconds;
}

function waitOrNone(changes: JsonObject, key: string, current: number | null): number | null {
  return changes[key] === null ? null : (wait(changes, key) ?? current);
}

function limit(changes: JsonObject, current: number | null): number | null {
  const wanted = changes["requestLimit"];
  if (wanted === undefined) return current;
  if (wanted !== null && !isRequestLimit(wanted)) {
    throw invalid("setting 'requestLimit' must be a whole number from 1, or null for no limit");
  }
  return wanted;
}

export function isRequestLimit(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function toggle(changes: JsonObject, key: string, current: boolean): boolean {
  if (changes[key] === undefined) return current;
  if (typeof changes[key] !== "boolean") throw invalid(`setting '${key}' must be true or false`);
  return flagAt(changes, key);
}

function duplicateBranch(changes: JsonObject, current: "real" | "fake"): "real" | "fake" {
  const wanted = changes["duplicateBranch"] ?? current;
  if (wanted !== "real" && wanted !== "fake") throw invalid(`setting 'duplicateBranch' must be "real" or "fake"`);
  return wanted;
}
