/** The programs that runs are compared by; `step` 0 is the first version of each, 1 has one field changed. */
export type Program = (step: 0 | 1) => string;

export const nothing: Program = () => "";

/** What the host of dynamic resources costs, whatever they are. */
export const trivial: Program = (step) => `
  const { dynamic } = require("@pulumi/pulumi");
  const provider = {
    create: async (inputs) => ({ id: "trivial", outs: inputs }),
    update: async (_id, _olds, news) => ({ outs: news }),
  };
  class Trivial extends dynamic.Resource {
    constructor(name, inputs) { super(provider, name, inputs); }
  }
  new Trivial("trivial", { step: ${step} });
`;

/** 1 project, 10 branches, 10 endpoints. */
export function lifecycle(kind: "READ_ONLY" | "READ_WRITE", options = "{}"): Program {
  const id = kind === "READ_ONLY" ? "replica" : "primary";
  return (step) => `
    const lakebase = require("pulumi-lakebase");
    const parent = new lakebase.Project("shop", { projectId: "shop" });
    const options = ${options};
    for (let n = 0; n < 10; n++) {
      const branch = new lakebase.Branch("b" + n, { parent, branchId: "b" + n }, options);
      new lakebase.Endpoint("e" + n, {
        parent: branch,
        endpointId: "${id}",
        endpointType: "ENDPOINT_TYPE_${kind}",
        autoscalingLimitMinCu: 0.5,
        autoscalingLimitMaxCu: n === 0 ? ${step === 0 ? 2 : 4} : 2,
      }, options);
    }
  `;
}

/** So many projects with so many branches each, and a replica for each branch if wanted. */
export function many(projects: number, branches: number, endpoints: boolean): Program {
  return () => `
    const lakebase = require("pulumi-lakebase");
    for (let p = 0; p < ${projects}; p++) {
      const parent = new lakebase.Project("p" + p, { projectId: "project-" + p });
      for (let b = 0; b < ${branches}; b++) {
        const name = "p" + p + "b" + b;
        const branch = new lakebase.Branch(name, { parent, branchId: "branch-" + b });
        if (${endpoints}) new lakebase.Endpoint(name, {
          parent: branch,
          endpointId: "replica",
          endpointType: "ENDPOINT_TYPE_READ_ONLY",
        });
      }
    }
  `;
}

/** As many resources without a provider: what the engine and the program themselves take. */
export function components(count: number): Program {
  return () => `
    const { ComponentResource } = require("@pulumi/pulumi");
    for (let n = 0; n < ${count}; n++) new ComponentResource("bench:index:Nothing", "c" + n);
  `;
}
