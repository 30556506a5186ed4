/** Which endpoints can be made, judged from their own arguments. */

import type { Rule } from "../schema/rule";
import { readWriteEndpointId } from "./limits";

export interface EndpointArguments {
  readonly endpointId: string;
  readonly endpointType: "ENDPOINT_TYPE_READ_WRITE" | "ENDPOINT_TYPE_READ_ONLY";
  readonly group?: { readonly enableReadableSecondaries?: boolean | undefined } | undefined;
}

/** A branch's one read-write endpoint is `primary`, which it comes with, and no read-only one is called so. */
const readWriteIsPrimary: Rule<EndpointArguments> = ({ endpointId, endpointType }) => {
  if (endpointType === "ENDPOINT_TYPE_READ_WRITE" && endpointId !== readWriteEndpointId) {
    return {
      property: "endpointId",
      message: `is '${endpointId}', and a branch's one read-write endpoint is '${readWriteEndpointId}', which the service makes with it; write endpointId: "${readWriteEndpointId}", or look an existing one up with Endpoint.get`,
    };
  }
  if (endpointType === "ENDPOINT_TYPE_READ_ONLY" && endpointId === readWriteEndpointId) {
    return {
      property: "endpointId",
      message: `is '${readWriteEndpointId}', which is the branch's read-write endpoint; give the read-only one another id`,
    };
  }
  return undefined;
};

/** A read-only endpoint always answers reads: the service shows it so, whatever was sent (databricks/cli testserver, 2026-08). */
const readOnlyIsReadable: Rule<EndpointArguments> = ({ endpointType, group }) =>
  endpointType === "ENDPOINT_TYPE_READ_ONLY" && group?.enableReadableSecondaries === false
    ? {
        property: "group.enableReadableSecondaries",
        message: "is false, and a read-only endpoint always answers reads; leave it out",
      }
    : undefined;

export const endpointRules: readonly Rule<EndpointArguments>[] = [readWriteIsPrimary, readOnlyIsReadable];
