/** `pulumi install` and `pulumi new`: npm in the program's folder, its output passed on as it comes. */
import { spawn } from "node:child_process";
import { type ServerWritableStream, status } from "@grpc/grpc-js";
import language from "@pulumi/pulumi/proto/language_pb.js";

type Request = InstanceType<typeof language.InstallDependenciesRequest>;
type Response = InstanceType<typeof language.InstallDependenciesResponse>;

export function install(call: ServerWritableStream<Request, Response>): void {
  const folder = call.request.getInfo()?.getProgramDirectory() || call.request.getDirectory();
  const child = spawn("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.on("data", (chunk: Buffer) => {
    const part = new language.InstallDependenciesResponse();
    part.setStdout(chunk);
    call.write(part);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    const part = new language.InstallDependenciesResponse();
    part.setStderr(chunk);
    call.write(part);
  });
  const fail = (details: string) => call.destroy(Object.assign(new Error(details), { code: status.UNKNOWN, details }));
  child.on("error", (error) => fail(`could not start npm: ${error.message}`));
  child.on("close", (code) => (code === 0 ? call.end() : fail(`npm install ended with status ${code}`)));
  call.on("cancelled", () => child.kill("SIGKILL"));
}
