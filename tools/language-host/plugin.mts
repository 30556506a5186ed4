/** Runs a policy pack the way the official host does: `@pulumi/pulumi/cmd/run-policy-pack` of the pack's own packages. */
import { spawn } from "node:child_process";
import { type ServerWritableStream, status } from "@grpc/grpc-js";
import language from "@pulumi/pulumi/proto/language_pb.js";
import { endedWithHost, findRunner } from "./program.mts";

type Request = InstanceType<typeof language.RunPluginRequest>;
type Response = InstanceType<typeof language.RunPluginResponse>;

/** The engine reads a plugin's port from its first line, and ends it by ending the call. */
export function runPlugin(call: ServerWritableStream<Request, Response>): void {
  const { request } = call;
  const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
  const fail = (details: string) => call.destroy(Object.assign(new Error(details), { code: status.UNKNOWN, details }));
  if (request.getKind() !== "analyzer") {
    fail(
      `this language host runs policy packs and no other plugins, and ${folder} is to run as '${request.getKind()}'`,
    );
    return;
  }
  const runner = findRunner(folder, "run-policy-pack");
  if (runner === undefined) {
    fail(`@pulumi/pulumi is not installed in ${folder}: run \`npm install\` there first`);
    return;
  }
  const child = spawn("node", [runner, ...request.getArgsList(), folder], {
    // The pack's own package.json says its version.
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: environment(request.getEnvList()),
  });
  endedWithHost(child);
  child.stdout.on("data", (chunk: Buffer) => call.write(part((response) => response.setStdout(chunk))));
  child.stderr.on("data", (chunk: Buffer) => call.write(part((response) => response.setStderr(chunk))));
  child.on("error", (error) => fail(`could not start node: ${error.message}`));
  child.on("close", (code) => {
    call.write(part((response) => response.setExitcode(code ?? 1)));
    call.end();
  });
  call.on("cancelled", () => child.kill("SIGKILL"));
}

function part(fill: (response: Response) => void): Response {
  const response = new language.RunPluginResponse();
  fill(response);
  return response;
}

function environment(given: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    given.map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
