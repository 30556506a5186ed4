import * as pulumi from "@pulumi/pulumi";
import { Project } from "../../../provider/index";

/** How many frames were formatted for each stack that was asked for while the work ran. */
function framesOf(work: () => void): number[] {
  const { prepareStackTrace } = Error;
  const frames: number[] = [];
  Error.prepareStackTrace = (_error, sites) => {
    frames.push(sites.length);
    return "";
  };
  try {
    work();
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
  return frames;
}

beforeAll(() =>
  pulumi.runtime.setMocks({
    newResource: ({ inputs }) => ({ id: "id", state: inputs }),
    call: () => ({}),
  }),
);

it("lets Pulumi format no frames for the stacks that it notes of outputs", () => {
  const frames = framesOf(() => new Project("shop", { projectId: "shop" }));
  expect(frames.length).toBeGreaterThan(50);
  // Where the program made the resource is what Pulumi asks all frames for.
  expect(frames.filter((count) => count > 0).length).toBeLessThan(10);
});

it("says where the resource was made that Pulumi refuses, and leaves the limit of frames as it was", () => {
  const before = Error.stackTraceLimit;
  new Project("bookshop", { projectId: "bookshop" });
  const refused = expect.objectContaining({
    message: expect.stringContaining("Missing resource name"),
    stack: expect.stringMatching(/^\s*at .*frames\.test\.ts/m),
  });
  expect(() => new Project("", { projectId: "shop" })).toThrow(refused);
  expect(Error.stackTraceLimit).toBe(before);
});
