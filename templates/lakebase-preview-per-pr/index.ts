/** The stack decides: `production` is the database that stays, `pr-7` the one of pull request 7. */
import * as pulumi from "@pulumi/pulumi";
import { preview } from "./preview";
import { production } from "./production";

function database() {
  const stack = pulumi.getStack();
  const [, pullRequest] = /^pr-([1-9]\d*)$/.exec(stack) ?? [];
  if (pullRequest !== undefined) return preview(Number(pullRequest));
  if (stack === "production") return production();
  throw new pulumi.RunError(`the stack is called '${stack}': take 'production', or 'pr-NUMBER' for a pull request`);
}

/** `uri` is where to connect. Whoever does brings a password of their own, so there is none here. */
export const { branchId, uri } = database();
