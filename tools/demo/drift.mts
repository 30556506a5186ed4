/** What a refresh found changed, read from the engine's event log. */

export interface Drift {
  /** The logical name of the resource. */
  readonly name: string;
  readonly property: string;
  readonly declared: unknown;
  readonly found: unknown;
}

interface State {
  readonly inputs?: Readonly<Record<string, unknown>>;
}

interface Event {
  readonly resOutputsEvent?: {
    readonly metadata: { readonly urn: string; readonly type: string; readonly old?: State; readonly new?: State };
  };
}

export function driftIn(log: string): readonly Drift[] {
  return log
    .split("\n")
    .filter((line) => line !== "")
    .flatMap((line) => {
      const { metadata } = (JSON.parse(line) as Event).resOutputsEvent ?? {};
      const declared = metadata?.old?.inputs ?? {};
      const found = metadata?.new?.inputs ?? {};
      return Object.keys({ ...declared, ...found })
        .filter((key) => JSON.stringify(declared[key]) !== JSON.stringify(found[key]))
        .map((property) => ({
          name: metadata?.urn.split("::").at(-1) ?? "",
          property,
          declared: declared[property],
          found: found[property],
        }));
    });
}
