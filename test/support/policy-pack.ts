/** A pack of policies in a project's folder, which has @pulumi/policy beside the rest. */
import { defaultManifest, installedVersion, type Manifest } from "../../tools/package.mts";

export function manifestWithPolicies(): Manifest {
  const { devDependencies, ...rest } = defaultManifest();
  return { ...rest, devDependencies: { ...devDependencies, "@pulumi/policy": installedVersion("@pulumi/policy") } };
}

/** The files of a pack in the folder `policies`; `index` is its program, `main` its name. */
export function packFiles(index: string, main = "index.js"): Readonly<Record<string, string>> {
  return {
    "policies/PulumiPolicy.yaml": `runtime: nodejs\nmain: ${main}\n`,
    "policies/package.json": JSON.stringify({ name: "policies", version: "0.0.1", main }),
    [`policies/${main}`]: index,
  };
}
