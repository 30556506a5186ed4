import { redact } from "../../../provider/pulumi/redact";
import { secretsIn, shell } from "../../../provider/pulumi/shell";

const names = [
  { name: "a plain name", logicalName: "dev" },
  { name: "quotes and backslashes", logicalName: String.raw`a"b\c'd` },
  { name: "a line break and other alphabets", logicalName: "Zürich\n東京" },
  { name: "a name that looks like code", logicalName: '")}catch(e){}//' },
];

test.each(names)("$name comes back from the text as it was", ({ logicalName }) => {
  const handler = jest.fn();
  const exports: { handler?: () => void } = {};
  new Function("exports", "require", shell("Branch", logicalName, ["displayName"]))(exports, () => ({ handler }));
  exports.handler?.();
  expect(handler.mock.calls).toEqual([["Branch", logicalName, "displayName"]]);
  expect(secretsIn(shell("Branch", logicalName, ["ttl", "settings"]))).toEqual(["ttl", "settings"]);
});

test.each(["a-branch-for-", "東京🗼", '"\\'])(
  "long names of %s are cut and stay apart, in at most 250 bytes",
  (part) => {
    const long = part.repeat(30);
    const [one, two] = [shell("Endpoint", `${long}1`), shell("Endpoint", `${long}2`)];
    expect(one).not.toBe(two);
    const secret = shell("Endpoint", long, ["autoscalingLimitMinCu", "suspendTimeoutDuration", "settings"]);
    expect(secretsIn(secret)).toEqual(["*"]);
    const texts = [one, two, secret, shell("Endpoint", long, ["suspendTimeoutDuration"])];
    expect(texts.map((text) => Buffer.byteLength(text)).filter((length) => length > 250)).toEqual([]);
  },
);

test("values of secret arguments are taken out of a message, at any depth, in what was and in what is", () => {
  const olds = { __provider: shell("Project", "shop", ["displayName"]), displayName: "hidden-name", projectId: "shop" };
  const news = {
    __provider: shell("Project", "shop", ["settings"]),
    settings: { pgSettings: { key: "hidden" } },
    projectId: "shop",
  };
  expect(redact('shop was "hidden-name" and has hidden', olds, news)).toBe('shop was "[secret]" and has [secret]');
  const quoted = { __provider: shell("Project", "shop", ["displayName"]), displayName: 'hid"den', pgVersion: 17 };
  expect(redact(`write ${JSON.stringify(quoted.displayName)} for shop at 17`, quoted)).toBe(
    'write "[secret]" for shop at 17',
  );
  expect(redact("shop was hidden", { ...olds, __provider: shell("Project", "shop") })).toBe("shop was hidden");
});

test("a missing package is told in one sentence", () => {
  const exports: { handler?: () => void } = {};
  const missing = () => {
    throw Object.assign(new Error("Cannot find module\nRequire stack: …"), { code: "MODULE_NOT_FOUND" });
  };
  new Function("exports", "require", shell("Branch", "dev"))(exports, missing);
  expect(exports.handler).toThrow(/^pulumi-lakebase is not installed here: run npm install$/);
});
