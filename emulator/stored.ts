import { randomUUID } from "node:crypto";
import type { JsonObject } from "./json";

/** One resource as the workspace keeps it. What changes with time alone is computed from the clock when it is read. */
export interface Stored {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  /** Full name of the parent, empty at the top. */
  readonly parent: string;
  /** Also of kinds whose reads show none: what is made anew under the same name is another. */
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

type Own = Pick<Stored, "type" | "name" | "id" | "parent" | "inputs"> & Partial<Stored>;

/** When a resource is made, and in which order. */
export interface Making {
  readonly now: number;
  readonly doneAt: number;
  nextSequence(): number;
}

/** A new resource with what all of them have filled in. */
export function newStored(own: Own, made: Making): Stored {
  return {
    uid: randomUUID(),
    sequence: made.nextSequence(),
    createTime: made.now,
    updateTime: made.now,
    readyAt: made.doneAt,
    settledAt: made.doneAt,
    submitted: own.inputs,
    facts: {},
    deleted: null,
    ghost: false,
    ...own,
  };
}
