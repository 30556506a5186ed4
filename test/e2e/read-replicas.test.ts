/** `ReadReplicas` through the real engine, and what its hosts do on real Postgres. */
import { Client } from "pg";
import { type PoolRequest, poolOptions } from "../../provider/connections";
import { useEmulator } from "../support/emulator.ts";
import { errors, expectDone } from "../support/shop.ts";
import { useStacks } from "../support/stack.ts";

const newStack = useStacks();
const emulator = useEmulator({ postgres: true });
const production = "projects/shop/branches/production";

function program(count: number): string {
  return `
    const lakebase = require("pulumi-lakebase");
    const project = new lakebase.Project("shop", { projectId: "shop" });
    const production = new lakebase.Branch("production", { parent: project, branchId: "production" });
    const readers = new lakebase.ReadReplicas("readers", {
      parent: production, count: ${count}, autoscalingLimitMinCu: 0.5, autoscalingLimitMaxCu: 2,
    });
    module.exports = { hosts: readers.hosts, pooledHosts: readers.pooledHosts };
  `;
}

async function query(endpoint: string, sql: string, request: PoolRequest = {}): Promise<readonly unknown[]> {
  const env = { ...emulator.env, PGSSLROOTCERT: emulator.ca };
  const client = new Client(await poolOptions(`${production}/endpoints/${endpoint}`, { env, ...request }));
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: "array" })).rows.flat();
  } finally {
    await client.end();
  }
}

test("more replicas are added at the end and fewer are taken from there; each answers reads and refuses writes", async () => {
  const stack = await newStack({ env: emulator.env, program: program(1) });
  await expectDone(stack.up());
  const one = await stack.outputs();

  stack.write("index.js", program(3));
  await emulator.requests();
  await expectDone(stack.up());
  const three = await stack.outputs();
  expect(await emulator.calls()).toEqual(Array(2).fill(`POST ${production}/endpoints`));
  const hosts = three["hosts"] as readonly string[];
  expect(new Set([...hosts, ...(three["pooledHosts"] as readonly string[])]).size).toBe(6);
  expect(hosts.slice(0, 1)).toEqual(one["hosts"]);

  await query("primary", "create table orders as select generate_series(1, 3) as id");
  const told = "select count(*)::int, pg_is_in_recovery() from orders";
  for (const [index, host] of hosts.entries()) {
    const reader = `reader-${index + 1}`;
    expect((await poolOptions(`${production}/endpoints/${reader}`, { env: emulator.env })).host).toBe(host);
    for (const pooled of [false, true]) expect(await query(reader, told, { pooled })).toEqual([3, true]);
    await expect(query(reader, "insert into orders values (4)")).rejects.toThrow("read-only transaction");
  }

  stack.write("index.js", program(2));
  await emulator.requests();
  await expectDone(stack.up());
  expect(await emulator.calls()).toEqual([`DELETE ${production}/endpoints/reader-3`]);
  expect((await stack.outputs())["hosts"]).toEqual(hosts.slice(0, 2));
  await expectDone(stack.destroy());
});

test("a count that a branch cannot have is refused at preview, in one sentence", async () => {
  const stack = await newStack({ env: emulator.env, program: program(7) });
  const { status, ...preview } = await stack.preview();
  expect(status).not.toBe(0);
  expect(errors({ status, ...preview })).toContain(
    "ReadReplicas 'readers': count is 7, and a branch has 0 to 6 read replicas; write a whole number in that range",
  );
  expect(preview.stdout).not.toMatch(/\n\s+at /);
});
