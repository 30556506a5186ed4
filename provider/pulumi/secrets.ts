/** Keeps credentials out of the state, where Pulumi would keep the stack's configuration in plain text. */
import * as pulumi from "@pulumi/pulumi";
import { secretKeys } from "../api/settings";
import { namespaces } from "./config";

const keys = namespaces.flatMap((space) => secretKeys.map((key) => `${space}:${key}`));

// Not among the SDK's types, yet there in all of its versions: the only way to ask that also knows inline programs.
const { isConfigSecret } = pulumi.runtime as { readonly isConfigSecret?: (key: string) => boolean };

/** Pulumi copies the whole configuration into the default provider's state; only what is set as a secret is encrypted there. */
export function refusePlainSecrets(): void {
  const config = pulumi.runtime.allConfig();
  const plain = keys.filter((key) => config[key] !== undefined && isConfigSecret?.(key) === false);
  if (plain.length === 0) return;
  throw new pulumi.RunError(
    `${plain.join(" and ")} would be kept in the state in plain text; set it again with 'pulumi config set --secret ${plain[0]}'`,
  );
}
