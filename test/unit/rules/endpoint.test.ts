import { unknownValue } from "../../../provider/schema/unknown";
import { judges } from "../support/checking";
import { endpoint } from "../support/resources";

const definition = endpoint;
const readWrite = { endpointType: "ENDPOINT_TYPE_READ_WRITE" };
const readOnly = { endpointType: "ENDPOINT_TYPE_READ_ONLY" };

describe("an endpoint's id", () => {
  judges([
    { name: "is primary for the read-write one", definition, args: { ...readWrite, endpointId: "primary" } },
    {
      name: "is nothing else for the read-write one",
      definition,
      args: { ...readWrite, endpointId: "main" },
      want: `endpointId is 'main', and a branch's one read-write endpoint is 'primary', which the service makes with it; write endpointId: "primary", or look an existing one up with Endpoint.get`,
    },
    { name: "is free for a read-only one", definition, args: { ...readOnly, endpointId: "reports" } },
    {
      name: "is not primary for a read-only one",
      definition,
      args: { ...readOnly, endpointId: "primary" },
      want: "endpointId is 'primary', which is the branch's read-write endpoint; give the read-only one another id",
    },
    { name: "waits for the type", definition, args: { endpointType: unknownValue, endpointId: "main" } },
    { name: "is not judged while it is not known", definition, args: { ...readWrite, endpointId: unknownValue } },
  ]);
});
