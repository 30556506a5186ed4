/** Pulumi's own dynamic host as a process of its own, spoken to as the engine does: gRPC without an engine. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import statuses from "@pulumi/pulumi/proto/status_pb.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import { installProject } from "./package.mts";

type Client = InstanceType<typeof services.ResourceProviderClient>;

type Values = Readonly<Record<string, unknown>>;

/** The object is there, but not as declared. */
export interface InitFailure {
  readonly id: string;
  readonly properties: Values;
  readonly reasons: readonly string[];
}

export class DynamicHost {
  /** What the host printed, on its error stream or after its port. */
  printed = "";
  #child: ChildProcess | undefined;
  #client: Client | undefined;
  #folder = "";

  /** A project that has the package. */
  async prepare(): Promise<void> {
    this.#folder = mkdtempSync(join(tmpdir(), "dynamic-host-"));
    await installProject(this.#folder);
  }

  async start(env: Values): Promise<void> {
    if (this.#folder === "") await this.prepare();
    const script = join(this.#folder, "node_modules/@pulumi/pulumi/cmd/dynamic-provider");
    this.#child = spawn(process.execPath, [script, "unused"], {
      cwd: this.#folder,
      env: { PATH: process.env["PATH"], HOME: this.#folder, ...(env as NodeJS.ProcessEnv) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      this.printed += chunk.toString();
    });
    const port = await new Promise<string>((resolve, reject) => {
      this.#child?.stdout?.once("data", (chunk: Buffer) => {
        resolve(chunk.toString().trim());
        this.#child?.stdout?.on("data", (more: Buffer) => {
          this.printed += more.toString();
        });
      });
      this.#child?.once("exit", () => reject(new Error(`the host ended: ${this.printed}`)));
    });
    this.#client = new services.ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  }

  async close(): Promise<void> {
    this.#client?.close();
    if (this.#child && this.#child.exitCode === null) {
      this.#child.kill();
      await once(this.#child, "close");
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async configure(config: Values): Promise<void> {
    const request = new messages.ConfigureRequest();
    request.setArgs(struct(config));
    await this.#call((client, done) => client.configure(request, done));
  }

  async check(olds: Values, news: Values) {
    const request = new messages.CheckRequest();
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    const response = await this.#call<messages.CheckResponse>((client, done) => client.check(request, done));
    return {
      inputs: plain(response.getInputs()),
      failures: response.getFailuresList().map((one) => ({ property: one.getProperty(), reason: one.getReason() })),
    };
  }

  async diff(id: string, olds: Values, news: Values) {
    const request = new messages.DiffRequest();
    request.setId(id);
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    const response = await this.#call<messages.DiffResponse>((client, done) => client.diff(request, done));
    return {
      changes: response.getChanges() === messages.DiffResponse.DiffChanges.DIFF_SOME,
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
    };
  }

  async create(news: Values) {
    const request = new messages.CreateRequest();
    request.setProperties(struct(news));
    const response = await this.#call<messages.CreateResponse>((client, done) => client.create(request, done));
    return { id: response.getId(), outs: plain(response.getProperties()) };
  }

  async read(id: string, props: Values) {
    const request = new messages.ReadRequest();
    request.setId(id);
    request.setProperties(struct(props));
    const response = await this.#call<messages.ReadResponse>((client, done) => client.read(request, done));
    return { id: response.getId(), outs: plain(response.getProperties()), inputs: plain(response.getInputs()) };
  }

  async update(id: string, olds: Values, news: Values) {
    const request = new messages.UpdateRequest();
    request.setId(id);
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    const response = await this.#call<messages.UpdateResponse>((client, done) => client.update(request, done));
    return plain(response.getProperties());
  }

  async delete(id: string, props: Values): Promise<void> {
    const request = new messages.DeleteRequest();
    request.setId(id);
    request.setProperties(struct(props));
    await this.#call((client, done) => client.delete(request, done));
  }

  #call<Response>(
    send: (client: Client, done: (error: grpc.ServiceError | null, response: Response) => void) => void,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      if (!this.#client) throw new Error("the host has not started");
      send(this.#client, (error, response) => (error ? reject(error) : resolve(response)));
    });
  }
}

/** What an error says of an object that was made all the same, as the engine reads it. */
export function initFailure(error: unknown): InitFailure | undefined {
  const [details] = (error as Partial<grpc.ServiceError>).metadata?.get("grpc-status-details-bin") ?? [];
  if (!(details instanceof Buffer)) return undefined;
  const [any] = statuses.Status.deserializeBinary(details).getDetailsList();
  if (!any) return undefined;
  const failed = messages.ErrorResourceInitFailed.deserializeBinary(any.getValue_asU8());
  return { id: failed.getId(), properties: plain(failed.getProperties()), reasons: failed.getReasonsList() };
}

function struct(values: Values): structs.Struct {
  // The generated types know only JSON as `{ [key: string]: JavaScriptValue }`; Values is that.
  return structs.Struct.fromJavaScript(values as Parameters<typeof structs.Struct.fromJavaScript>[0]);
}

function plain(value: structs.Struct | undefined): Values {
  return value?.toJavaScript() ?? {};
}
