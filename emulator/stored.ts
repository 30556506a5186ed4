import type { JsonObject } from "./json";

/** One resource as the workspace keeps it. What changes with time alone is computed from the clock when it is read. */
export interface Stored {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  /** Full name of the parent, empty at the top. */
  readonly parent: string;
  readonly uid: string;
  /** Creation order, which is the order of lists. */
  readonly sequence: number;
  readonly createTime: number;
  readonly updateTime: number;
  /** Until then the resource is being made. */
  readonly readyAt: number;
  /** Until then a change is being carried out. */
  readonly settledAt: number;
  /** The inputs in force, defaults filled in: a document of the resource's own shape, `{spec: {…}}`. */
  readonly inputs: JsonObject;
  /** The inputs as they were submitted, for `echoSpec`. */
  readonly submitted: JsonObject;
  /** What the service decided when it made the resource. */
  readonly facts: JsonObject;
  /** Set while soft-deleted. */
  readonly deleted: { readonly at: number; readonly purgeAt: number } | null;
  /** Listed but not found by name (see the setting ghostEndpoints). */
  readonly ghost: boolean;
}
