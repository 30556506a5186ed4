import type { Activity } from "./activity";
import type { Hosts } from "./data";
import type { ServiceError } from "./errors";
import type { JsonObject } from "./json";
import type { MaskRules } from "./masks";
import type { Settings } from "./settings";
import type { Stored } from "./stored";

/** What a resource's functions may know of the world around it. */
export interface View {
  readonly now: number;
  readonly settings: Settings;
  /** The live resource of that name: neither deleted itself nor under something deleted. */
  find(name: string): Stored | undefined;
  /** The live resources of a type under a parent, oldest first. */
  children(parent: string, type: string): readonly Stored[];
  /** What a branch had of inherited kinds at that moment, as it was then. */
  contents(branch: string, instant: number): readonly Stored[];
  /** What the compute of that uid has done, if anything. */
  activity(uid: string): Activity | undefined;
}

/** A `View` for a mutation. */
export interface Context extends View {
  readonly caller: string;
  /** The parameters of the call. */
  readonly query: Readonly<Record<string, string>>;
  /** When the operation that this mutation answers with will be done. */
  readonly doneAt: number;
  nextSequence(): number;
  nextLsn(): string;
  /** Hosts for a new endpoint, when something answers there. */
  nextHosts(): Hosts | undefined;
  /** When a resource of that name was last removed, if that was seen. */
  removedAt(name: string): number | undefined;
}

export interface CreateRequest {
  readonly name: string;
  readonly id: string;
  readonly parent: Stored | undefined;
  readonly body: JsonObject;
  /** What holds the name already, soft-deleted or not. */
  readonly taken: Stored | undefined;
}

/** What a creation writes. */
export interface Creation {
  readonly resource: Stored;
  /** What the service makes along with it. */
  readonly along?: readonly Stored[];
  /** Ends the operation, although the writes happened. */
  readonly failure?: ServiceError;
}

/** What a delete does: nothing, or it takes the resource away. */
export type Removal =
  | "remove"
  | "ignore"
  /** What is written with it. */
  | { readonly along: readonly Stored[] }
  /** What is left of it until that expires. */
  | { readonly fading: Stored };

/** What reads show of nearly every kind, beside its name. */
export type Common = "id" | "uid" | "parent" | "create_time" | "update_time";

/** One kind of resource: routing, operations, paging and masks are derived from this. What is absent has no route. */
export interface Collection {
  /** As in `databricks.postgres.v1.<type>OperationMetadata`. */
  readonly type: string;
  /** Its segment in URLs, which is also the key of its list. */
  readonly segment: string;
  /** Type of the parent, absent at the top. */
  readonly parent?: string;
  /** Absent: a singleton, at most one under each parent, whose path ends with the segment. */
  readonly idField?: string;
  readonly idMinimum?: number;
  /** The ids that are accepted, where they are not the usual ones. */
  readonly idPattern?: RegExp;
  /** The id of one whose creator gave none. Absent: an id is required. */
  generateId?(body: JsonObject): string;
  /** The common keys that reads do not show. */
  readonly without?: readonly Common[];
  /** Whether there is a route that lists them; there is by default. */
  readonly listed?: false;
  /** The message of its 404. */
  readonly missing: string;
  /** Only one mutation at a time is taken by the branch above it. */
  readonly serialised?: boolean;
  /** Mutations mean something inside of branches: `Data.carryOut` is told of them. */
  readonly inData?: true;
  /** Branches have copies of what their source has of these, as of the point that they start from. */
  readonly inherited?: true;
  readonly mask?: MaskRules;
  /** Reads a request body; throws the service's refusal. */
  readonly body?: (value: JsonObject) => JsonObject;
  create?(request: CreateRequest, context: Context): Creation;
  /** `existing` with new inputs, defaults filled in and rules checked. */
  update?(existing: Stored, inputs: JsonObject, context: Context): Stored;
  /** Refused while `existing` is in no state to be changed. */
  guard?(existing: Stored, context: Context): void;
  /** A failure that leaves a partial write of `paths` behind. */
  partialFailure?(paths: readonly string[], body: JsonObject, existing: Stored): ServiceError | undefined;
  /** Whether the delete takes effect; throws the refusal. */
  remove?(existing: Stored, context: Context): Removal;
  /** What of its descendants a soft delete keeps and an undelete brings back. Absent: deletes are final. */
  keeps?(existing: Stored, descendant: Stored): boolean;
  /** What `replace_existing` writes: what the request has, or what a mask of the whole `spec` would. Absent: unknown here. */
  readonly replaces?: "given" | "spec";
  /** When the service takes the resource away by itself, if ever. */
  expiresAt?(stored: Stored): number | undefined;
  /** What is there under a parent although nobody made it. A stored one of that name stands in its place. */
  implied?(parent: Stored, view: View): readonly Stored[];
  /** What time alone makes of it: other resources, and itself as it is then. Absent: nothing but its end. */
  unfold?(stored: Stored, context: Context): readonly Stored[];
  /** Top-level keys beside the common ones, and `status`. */
  render(stored: Stored, view: View): JsonObject;
}
