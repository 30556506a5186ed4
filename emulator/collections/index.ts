import type { Collection } from "../collection";
import { branches } from "./branches";
import { databases } from "./databases";
import { endpoints } from "./endpoints";
import { projects } from "./projects";
import { roles } from "./roles";
import { snapshotSchedules } from "./snapshot-schedules";
import { snapshots } from "./snapshots";

/** Everything that the emulator serves under `/api/2.0/postgres`, parents before children. */
export const collections: readonly Collection[] = [
  projects,
  branches,
  endpoints,
  roles,
  databases,
  snapshots,
  snapshotSchedules,
];
