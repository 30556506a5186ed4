import { outsideNpm } from "../../../tools/package.mts";

test("a nested npm is told of the user's settings and not of the checkout's script", () => {
  const settings = { PATH: "/bin", npm_config_cache: "/cache", npm_config_registry: "https://example.com" };
  const script = {
    INIT_CWD: "/checkout",
    npm_command: "test",
    npm_config_local_prefix: "/checkout",
    npm_execpath: "/npm-cli.js",
    npm_lifecycle_event: "test",
    npm_node_execpath: "/node",
    npm_package_json: "/checkout/package.json",
  };
  expect(outsideNpm({ ...settings, ...script })).toEqual(settings);
});
