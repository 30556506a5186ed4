/** What is left when the engine and the provider are killed at any of their requests, and how the next run goes on. */
import { readFileSync } from "node:fs";
import { CutWay, type Side } from "../support/cut.ts";
import { type EmulatorUnderTest, useEmulator } from "../support/emulator.ts";
import { expectDone } from "../support/shop.ts";
import { type Stack, useStacks } from "../support/stack.ts";

const emulator = useEmulator();
const newStack = useStacks();

function program(maxCu: number, comment: string): string {
  return `
    const lakebase = require("pulumi-lakebase");
    const shop = new lakebase.Project("shop", { projectId: "shop", displayName: "${comment}" });
    const dev = new lakebase.Branch("dev", { parent: shop, branchId: "dev" });
    new lakebase.Endpoint("replica", {
      parent: dev, endpointId: "replica", endpointType: "ENDPOINT_TYPE_READ_ONLY",
      autoscalingLimitMinCu: 1, autoscalingLimitMaxCu: ${maxCu},
    });
    new lakebase.Role("app", { parent: dev, roleId: "app", postgresRole: "app" });
  `;
}

const first = program(2, "first");
const second = program(4, "second");

const dev = "projects/shop/branches/dev";
const declared = ["projects/shop", dev, `${dev}/endpoints/replica`, `${dev}/roles/app`];

interface Kept {
  readonly urn: string;
  readonly id?: string;
  readonly type: string;
  readonly outputs?: { readonly uid?: string; readonly createTime?: string };
}

interface Left {
  /** What each object's name stands for: the id that no two objects share, or where there is none, its time. */
  readonly objects: Readonly<Record<string, unknown>>;
  /** What Pulumi takes for unfinished and does not have. */
  readonly unfinished: readonly string[];
  /** Creates that Pulumi still warns of. */
  readonly warned: number;
}

/** What the state has; from the file, since a command would take a second. */
function inState(stack: Stack): Left {
  // The file is Pulumi's: its form is that of version 3 of a checkpoint.
  const { checkpoint } = JSON.parse(readFileSync(stack.stateFile(), "utf8")) as {
    checkpoint: {
      latest?: { resources?: readonly Kept[]; pending_operations?: readonly { type: string; resource: Kept }[] };
    };
  };
  const { resources = [], pending_operations: pending = [] } = checkpoint.latest ?? {};
  const own = resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/"));
  const creates = pending.filter(({ type }) => type === "creating");
  return {
    objects: Object.fromEntries(own.map(({ id, outputs }) => [id, outputs?.uid ?? outputs?.createTime])),
    unfinished: pending.filter((one) => !creates.includes(one)).map(({ type, resource }) => `${type} ${resource.urn}`),
    warned: creates.length,
  };
}

async function inService(service: EmulatorUnderTest): Promise<Left["objects"]> {
  const found = declared.map((name) => service.outside("GET", name).catch(() => undefined));
  const there = (await Promise.all(found)).filter((one) => one !== undefined);
  return Object.fromEntries(there.map((one) => [one["name"], one["uid"] ?? one["create_time"]]));
}

type Command = readonly ["up" | "destroy" | "refresh", ...string[]];

interface Step {
  readonly name: "create" | "update" | "destroy";
  readonly command: "up" | "destroy";
  readonly program: string;
  readonly method: "POST" | "PATCH" | "DELETE";
  /** What the service does in this step, once each, however often it is begun. */
  readonly changes: readonly string[];
  readonly objects: number;
}

const steps: readonly Step[] = [
  { name: "create", command: "up", program: first, method: "POST", changes: declared, objects: 4 },
  {
    name: "update",
    command: "up",
    program: second,
    method: "PATCH",
    changes: ["projects/shop", `${dev}/endpoints/replica`],
    objects: 4,
  },
  { name: "destroy", command: "destroy", program: second, method: "DELETE", changes: declared, objects: 0 },
];

interface Lane {
  readonly side: Side;
  /** The largest n, in steps that have that many requests. */
  readonly lives: number;
  /** What the user does after `pulumi cancel`. */
  readonly again: Readonly<Record<Step["name"], readonly Command[]>>;
  /** Whether Pulumi goes on to warn of creates that the killed run did not see the end of. */
  readonly warns: boolean;
}

const clear: Command = ["refresh", "--clear-pending-creates"];

const lanes: readonly Lane[] = [
  // One more than there are requests, so that it shows when there are more.
  { side: "before", lives: 5, again: { create: [["up"]], update: [["up"]], destroy: [["destroy"]] }, warns: true },
  {
    side: "after",
    lives: 4,
    again: { create: [clear, ["up"]], update: [["up", "--refresh"]], destroy: [["destroy", "--refresh"]] },
    warns: false,
  },
];

/** What the service has done, in the words of what is declared. A connection that was dropped has no status. */
async function done(
  service: EmulatorUnderTest,
  method: string,
  statuses: readonly number[] = [200],
): Promise<readonly string[]> {
  const requests = await service.requests();
  return requests
    .filter((one) => one.method === method && statuses.includes(one.status))
    .map(({ path, query }) => [path, ...Object.entries(query).flatMap(([key, id]) => (key.endsWith("_id") ? id : []))])
    .map((parts) => parts.join("/"));
}

/** One life of the stack after another, each of its steps killed at its n-th request. Says which were. */
async function live(service: EmulatorUnderTest, { side, lives, again, warns }: Lane): Promise<readonly string[]> {
  await using way = await CutWay.to(service.url);
  const stack = await newStack({ program: first, env: { ...service.env, DATABRICKS_HOST: way.url } });
  const cut: string[] = [];
  const over = new Set<Step["name"]>();
  for (let n = 1; n <= lives; n++) {
    await service.reset();
    for (const { name, command, program, method, changes, objects } of steps) {
      if (over.has(name)) continue;
      const at = `${name}, ${side} request ${n}`;
      stack.write("index.js", program);
      await service.requests();
      const reached = way.at(n, side);
      const running = stack.start(command);
      const isCut = await Promise.race([reached.then(() => true), running.done.then(() => false)]);
      if (isCut) {
        cut.push(at);
        await running.kill();
        await stack.cancel();
      } else over.add(name);
      way.mend();
      const ended = isCut ? [] : [await running.done];
      for (const [verb, ...args] of isCut ? again[name] : []) ended.push(await stack.start(verb, ...args).done);
      for (const { status, stdout } of ended)
        expect({ at, status, stdout: status === 0 ? "" : stdout }).toEqual({ at, status: 0, stdout: "" });
      const { warned, ...left } = inState(stack);
      expect({ at, ...left, changes: [...(await done(service, method))].sort() }).toEqual({
        at,
        objects: await inService(service),
        unfinished: [],
        changes: [...changes].sort(),
      });
      expect({ at, objects: Object.keys(left.objects).length }).toEqual({ at, objects });
      if (!warns) expect({ at, warned }).toEqual({ at, warned: 0 });
    }
  }
  await expectDone(stack.start(...clear).done);
  expect(inState(stack)).toEqual({ objects: {}, unfinished: [], warned: 0 });
  return cut;
}

function killed(name: Step["name"], requests: number): readonly string[] {
  return lanes.flatMap(({ side }) =>
    Array.from({ length: requests }, (_, index) => `${name}, ${side} request ${index + 1}`),
  );
}

test("killed at any request, before the service got it or before its answer came, the next run makes nothing twice and loses nothing", async () => {
  const services = [emulator, await emulator.another()];
  const cut = await Promise.all(lanes.map((lane, index) => live(services[index] ?? emulator, lane)));
  expect(cut.flat().sort()).toEqual([...killed("create", 4), ...killed("update", 2), ...killed("destroy", 4)].sort());
}, 900_000);

/** A change is sent again that means the same the second time; a create is not, and a second delete finds nothing. */
const times = { POST: 1, PATCH: 2, DELETE: 1 } as const;

test("the answer to any change is lost after the service acted: the same run goes on, and makes nothing twice", async () => {
  const stack = await newStack({ program: first, env: emulator.env });
  for (const { command, program, method, changes } of steps) {
    stack.write("index.js", program);
    for (const name of changes) {
      const path = method === "POST" ? name.slice(0, name.lastIndexOf("/")) : name;
      await emulator.fault({ method, path: `/${path}$`, drop: "after" });
    }
    await emulator.requests();
    await expectDone(stack.start(command).done);
    const wanted = changes.flatMap((name) => Array.from({ length: times[method] }, () => name));
    expect([...(await done(emulator, method, [0, 200]))].sort()).toEqual(wanted.sort());
    expect(inState(stack)).toEqual({ objects: await inService(emulator), unfinished: [], warned: 0 });
  }
});
