import { judges } from "../support/checking";
import { endpoint } from "../support/resources";

const definition = endpoint;

describe("an endpoint's branch", () => {
  const shape = "projects/PROJECT/branches/BRANCH";
  judges([
    { name: "is a full name", definition, args: { parent: "projects/shop/branches/main" } },
    {
      name: "is not a project",
      definition,
      args: { parent: "projects/shop" },
      want: `parent is not the full name of a Branch; give the resource itself or ${shape}`,
    },
    {
      name: "is not a uid",
      definition,
      args: { parent: "br-quiet-leaf-1a2b3c4d" },
      want: `parent looks like a uid, which the service does not take here; give the Branch or its full name, ${shape}`,
    },
  ]);
});

describe("an endpoint's id", () => {
  const wrong =
    "endpointId is not an id that the service takes; write 3 to 63 lower-case letters, digits or hyphens, a letter first and no hyphen last";
  judges([
    { name: "may have three letters", definition, args: { endpointId: "rep" } },
    { name: "may not have two", definition, args: { endpointId: "ro" }, want: wrong },
    { name: "may not have 64", definition, args: { endpointId: "r".repeat(64) }, want: wrong },
  ]);
});

describe("an endpoint's type", () => {
  const want = 'endpointType must be "ENDPOINT_TYPE_READ_WRITE" or "ENDPOINT_TYPE_READ_ONLY"';
  judges([
    { name: "is the API's own word", definition, args: { endpointType: "ENDPOINT_TYPE_READ_ONLY" } },
    { name: "is no short form of it", definition, args: { endpointType: "READ_ONLY" }, want },
  ]);
});

describe("an endpoint's suspension", () => {
  judges([
    { name: "may be left out", definition, args: {} },
    { name: "may be one minute", definition, args: { suspendTimeoutDuration: "60s" } },
    { name: "may be seven days", definition, args: { suspendTimeoutDuration: "7d" } },
    { name: "may be none", definition, args: { noSuspension: true } },
    {
      name: "may not be shorter than a minute",
      definition,
      args: { suspendTimeoutDuration: "0s" },
      want: "suspendTimeoutDuration is shorter than the service allows; write 1m to 7d",
    },
    {
      name: "may not be longer than seven days",
      definition,
      args: { suspendTimeoutDuration: "7d1s" },
      want: "suspendTimeoutDuration is longer than the service allows; write 1m to 7d",
    },
    {
      name: "is not switched on by noSuspension: false",
      definition,
      args: { noSuspension: false },
      want: "noSuspension can only be true; to let the compute sleep, write suspendTimeoutDuration instead",
    },
    {
      name: "is either a time or none",
      definition,
      args: { suspendTimeoutDuration: "5m", noSuspension: true },
      want: "suspendTimeoutDuration does not go with noSuspension: give only one of them",
    },
  ]);
});

describe("an endpoint's settings", () => {
  judges([
    { name: "are Postgres's own", definition, args: { settings: { pgSettings: { "pg_stat_statements.max": "100" } } } },
    {
      name: "are texts",
      definition,
      args: { settings: { pgSettings: { jit: true } } },
      want: 'settings.pgSettings.jit must be a text, such as "64MB" or "on"',
    },
    {
      name: "say whether the endpoint is disabled by true or false",
      definition,
      args: { disabled: "no" },
      want: "disabled must be true or false",
    },
    {
      name: "say whether the standbys answer reads by true or false",
      definition,
      args: { group: { enableReadableSecondaries: "no" } },
      want: "group.enableReadableSecondaries must be true or false",
    },
  ]);
});
