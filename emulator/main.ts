#!/usr/bin/env node
// The command's dependencies are optional ones: where they are missing, say so instead of printing a stack.

const OPTIONAL = /'(commander|hono|jose|@hono\/node-server)/;

const NODE = 22;

function main(): void {
  if (Number.parseInt(process.versions.node, 10) < NODE) {
    process.stderr.write(`lakebase-emulator: it needs Node ${NODE}.12 or newer, this is ${process.version}\n`);
    process.exitCode = 1;
    return;
  }
  try {
    const { runCommand }: typeof import("./command") = require("./command");
    void runCommand(process.argv);
  } catch (error) {
    if (!(error instanceof Error) || !OPTIONAL.test(error.message)) throw error;
    process.stderr.write(
      "lakebase-emulator: its optional dependencies are not installed; install them with: npm install hono @hono/node-server jose\n",
    );
    process.exitCode = 1;
  }
}

main();
