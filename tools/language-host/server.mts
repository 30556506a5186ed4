/**
 * The part of Pulumi's `LanguageRuntime` protocol that the CLI needs to run Node programs. An ordinary Pulumi
 * installation has the official host; this one stands in where the engine was built from its Go modules, which do not
 * contain it. The engine starts it with its own address, and reads the port from the first line of stdout.
 */
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import grpcServices from "@pulumi/pulumi/proto/language_grpc_pb.js";
import language from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { dependencies } from "./dependencies.mts";
import { install } from "./install.mts";
import { runPlugin } from "./plugin.mts";
import { endPrograms, runProgram } from "./program.mts";

type Answer<Request, Response> = (request: Request) => Response | Promise<Response>;

function unary<Request, Response>(answer: Answer<Request, Response>) {
  return (call: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>) => {
    Promise.resolve(call.request)
      .then(answer)
      .then(
        (response) => done(null, response),
        (error: unknown) => done({ code: status.UNKNOWN, details: String(error) }),
      );
  };
}

function leave(): void {
  endPrograms();
  process.exit(0);
}

function main(): void {
  const engineAddress = process.argv.at(-1) ?? "";
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(grpcServices.LanguageRuntimeService, {
    handshake: unary(() => new language.LanguageHandshakeResponse()),
    getPluginInfo: unary(() => new plugin.PluginInfo()),
    // Dynamic providers come with the program's own packages: there is nothing for the engine to fetch.
    getRequiredPlugins: unary(() => new language.GetRequiredPluginsResponse()),
    getRequiredPackages: unary(() => new language.GetRequiredPackagesResponse()),
    runtimeOptionsPrompts: unary(() => new language.RuntimeOptionsResponse()),
    template: unary(() => new language.TemplateResponse()),
    about: unary(about),
    getProgramDependencies: unary(dependencies),
    installDependencies: install,
    runPlugin,
    run: unary((request: InstanceType<typeof language.RunRequest>) => runProgram(request, engineAddress)),
    cancel: unary(() => {
      endPrograms();
      return new empty.Empty();
    }),
  });
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) {
      throw error;
    }
    console.log(String(port));
  });
  process.on("SIGINT", leave);
  process.on("SIGTERM", leave);
  // The engine holds our stdin open for as long as it lives, so its end is noticed even after a kill -9.
  process.stdin.on("end", leave);
  process.stdin.on("close", leave);
  process.stdin.resume();
}

function about() {
  const response = new language.AboutResponse();
  response.setExecutable(process.execPath);
  response.setVersion(process.version);
  return response;
}

main();
