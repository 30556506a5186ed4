/** What is declared in one run with one provider: the memory behind the rules of a stack. */
import type { StackView } from "../schema/check";
import { projectOf } from "../schema/name";
import type { Declared } from "../schema/rule";

type Any = Declared<Record<string, unknown>>;

export class DeclaredStack implements StackView {
  /**
   * By type, logical name and full name, so that a second check of one resource takes the first one's place, and resources
   * of two components that share a logical name stay apart.
   */
  readonly #declared = new Map<string, Any>();

  declare(declared: Declared): void {
    if (declared.name !== undefined) this.#declared.delete(key({ ...declared, name: undefined }));
    this.#declared.set(key(declared), { ...declared, args: { ...(declared.args as object) } });
  }

  before(declared: Declared): readonly Any[] {
    const all = [...this.#declared];
    const own = key(declared);
    return all
      .slice(
        0,
        all.findIndex(([other]) => other === own),
      )
      .map(([, other]) => other);
  }

  /** Another resource that is this very object, as when it was renamed in the program. */
  another({ type, logicalName, name }: Pick<Declared, "type" | "logicalName" | "name">): Any | undefined {
    const all = [...this.#declared.values()];
    return all.find((other) => other.type === type && other.name === name && other.logicalName !== logicalName);
  }

  project(name: string): Readonly<Record<string, unknown>> | undefined {
    const wanted = projectOf(name);
    return [...this.#declared.values()].find((other) => other.type === "Project" && other.name === wanted)?.args;
  }
}

function key({ type, logicalName, name = "" }: Declared): string {
  return [type, logicalName, name].join("\n");
}
