/** `customTimeouts` of a resource, which Pulumi's dynamic host does not hand on by itself. */
import { useEmulator } from "../support/emulator.ts";
import { errors, expectDone, names, shop } from "../support/shop.ts";
import { useStacks } from "../support/stack.ts";

const emulator = useEmulator();
const newStack = useStacks();

function program(timeouts: string, ttl = "7d"): string {
  return `${shop}
    new lakebase.Branch("dev", { parent: shop, branchId: "dev", ttl: "${ttl}" }, { customTimeouts: ${timeouts} });
  `;
}

test("customTimeouts bound create, update and delete of their resource; a change of them alone is none", async () => {
  const stack = await newStack({ program: program('{ create: "1s" }'), env: emulator.env });
  await emulator.fault({ method: "POST", path: "branches$", operation: "hang" });
  const create = await stack.up();
  expect(create.status).not.toBe(0);
  expect(errors(create)).toMatch(
    /POST projects\/shop\/branches: waited 1 s for operation .* has not ended; .*run 'pulumi up' again/,
  );
  expect(await names(stack)).toEqual(["shop", "dev"]);

  // The next run goes on with what is there: nothing is made again.
  await emulator.requests();
  await expectDone(stack.up());
  expect((await emulator.calls()).filter((call) => !call.startsWith("GET"))).toEqual([]);

  const impatient = '{ create: "1h30m", update: "1.5s", delete: "500ms" }';
  stack.write("index.js", program(impatient));
  await expectDone(stack.up("--expect-no-changes"));

  await emulator.fault({ method: "PATCH", operation: "hang" });
  stack.write("index.js", program(impatient, "8d"));
  expect(errors(await stack.up())).toMatch(/PATCH projects\/shop\/branches\/dev: waited 1.5 s for operation/);
  await expectDone(stack.up());

  await emulator.fault({ method: "DELETE", path: "branches/dev$", operation: "hang" });
  expect(errors(await stack.destroy())).toMatch(/DELETE projects\/shop\/branches\/dev: waited 0.5 s for operation/);
  await expectDone(stack.destroy());
  expect(await emulator.outside("GET", "projects")).toEqual({});
}, 300_000);
