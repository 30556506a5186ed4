#!/usr/bin/env node
/** `pulumi-lakebase` as a program. Nothing that needs a newer Node is loaded before Node's version is known. */

function main(): void {
  try {
    require("../node");
  } catch (reason) {
    process.stderr.write(`${reason instanceof Error ? reason.message : reason}\n`);
    process.exitCode = 1;
    return;
  }
  const { runCommand }: typeof import("./program") = require("./program");
  const { ofProcess }: typeof import("./surroundings") = require("./surroundings");
  void runCommand(process.argv.slice(2), ofProcess()).then((status) => {
    // A command that ran another one has set its status already.
    process.exitCode ??= status;
  });
}

main();
