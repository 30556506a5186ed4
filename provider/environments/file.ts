/** The text of a file, YAML or JSON, → the table, or all that is wrong with it and where. */
import { isRecord } from "../schema/unknown";
import type { Source } from "./lines";
import { type Mistake, sentence } from "./mistake";
import { readTable } from "./read";
import type { EnvironmentTable } from "./table";

export interface ReadFile {
  /** Absent when something is wrong. */
  readonly table?: EnvironmentTable;
  /** Sentences that begin with the place, `environments.yaml:12:5`. */
  readonly problems: readonly string[];
}

/** `file` is how the file is called in messages. What is given beside it counts more than what it says. */
export function readTableFile(file: string, text: string, given: Readonly<Record<string, unknown>> = {}): ReadFile {
  // Loaded only when a file is read.
  const { sourceOf }: typeof import("./lines") = require("./lines");
  const source: Source = sourceOf(text);
  const from = (offset: number | undefined) => [file, ...source.position(offset)].join(":");
  if (source.faults.length > 0) {
    return { problems: source.faults.map(({ offset, message }) => `${from(offset)}: ${message}`) };
  }
  const written = isRecord(source.value) ? source.value : {};
  const { table, mistakes } = readTable({ ...written, ...given });
  const isFromFile = ({ path: [top = ""] }: Mistake) => !Object.hasOwn(given, top);
  const placed = mistakes.map((mistake) => ({
    mistake,
    offset: isFromFile(mistake) ? source.offset(mistake.path, mistake.isKey) : undefined,
  }));
  return {
    ...(table && { table }),
    // In the order of the file: that is how it is mended.
    problems: placed
      .toSorted((one, other) => (one.offset ?? -1) - (other.offset ?? -1))
      .map(({ mistake, offset }) => `${offset === undefined ? "" : `${from(offset)}: `}${sentence(mistake)}`),
  };
}
