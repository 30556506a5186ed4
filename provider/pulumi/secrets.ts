/** Keeps credentials out of the state, where Pulumi would keep the stack's configuration in plain text. */
import * as pulumi from "@pulumi/pulumi";

const secretKeys = ["lakebase:token", "lakebase:clientSecret", "databricks:token", "databricks:clientSecret"];
let refused: boolean | undefined;

/** Pulumi copies the whole configuration into the default provider's state; only what is set as a secret is encrypted there. */
export function refusePlainSecrets(): void {
  refused ??= false;
  if (refused) return;
  const config = pulumi.runtime.allConfig();
  const secrets = new Set<string>(JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]"));
  const plain = secretKeys.filter((key) => config[key] !== undefined && !secrets.has(key));
  if (plain.length === 0) return;
  refused = true;
  throw new pulumi.RunError(
    `${plain.join(" and ")} would be kept in the state in plain text; set it again with 'pulumi config set --secret ${plain[0]}'`,
  );
}
