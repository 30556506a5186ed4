/** All sub-commands, in the order of the help: one file each, and a line here. */
import type { Command } from "commander";
import { check } from "./check";
import { env } from "./env";
import { exec } from "./exec";
import { explainAuth } from "./explain-auth";
import { importCommand } from "./import";
import { psql } from "./psql";
import { schemaDiff } from "./schema-diff";
import type { Surroundings } from "./surroundings";
import { sweep } from "./sweep";
import { tree } from "./tree";

/** Adds one sub-command to the program. */
type Register = (program: Command, around: Surroundings) => void;

export const subcommands: readonly Register[] = [
  psql,
  exec,
  env,
  tree,
  schemaDiff,
  importCommand,
  check,
  sweep,
  explainAuth,
];
