/** A small shop for lifecycle tests, and what they ask of a step. */
import type { Stack } from "./stack.ts";

export const shop = `
  const lakebase = require("pulumi-lakebase");
  const shop = new lakebase.Project("shop", { projectId: "shop" });
`;

interface Outcome {
  readonly status: number;
  readonly diagnostics: readonly { readonly severity: string; readonly message: string }[];
}

export function errors({ diagnostics }: Outcome): string {
  return diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => message)
    .join("\n");
}

export async function expectDone(step: Promise<Outcome & { readonly stdout: string }>): Promise<void> {
  const { status, stdout } = await step;
  expect({ status, stdout: status === 0 ? "" : stdout }).toEqual({ status: 0, stdout: "" });
}

export async function names(stack: Stack): Promise<readonly string[]> {
  const { deployment } = await stack.exportState();
  return (deployment.resources ?? []).flatMap(({ id, urn, type }) =>
    id !== undefined && !type.startsWith("pulumi:") ? [urn.split("::").at(-1) ?? ""] : [],
  );
}
