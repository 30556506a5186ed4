/** The user, who reads the errors: are they for people, and what do they say to do? */
import { type Declared, namesOf, type Program } from "./program";
import type { Entry } from "./state";

/** An error is a sentence or two for people, and says what to do. */
export function whatIsWrongWith(message: string): string | undefined {
  return /STACK|\n|TypeError|ReferenceError|undefined|\[object|NaN|null/.test(message)
    ? "is not for people"
    : message.length > 700
      ? "is too long"
      : /;|\b(run|write|check|try|choose|delete|set|wait) /.test(message)
        ? undefined
        : "does not say what to do";
}

/** The program as a user changes it who does what the errors say, where that is more than to try again. */
export function advise(program: Program, errors: readonly string[], state: readonly Entry[]): Program | undefined {
  const names = namesOf(program);
  for (const message of errors) {
    const one = program.find(({ key }) => new RegExp(`${names.get(key)}(?![a-z0-9/-])`).test(message));
    if (!one) continue;
    const change = (changed: Declared) => program.map((other) => (other === one ? changed : other));
    if (message.includes("choose another endpointId")) {
      return change({ ...one, args: { ...one.args, endpointId: `${one.args["endpointId"]}-b` } });
    }
    const old = state.find(({ id, key }) => id === names.get(one.key) && key !== one.key);
    if (message.includes("give it aliases") && old) return change({ ...one, aliases: [old.key] });
  }
  return undefined;
}
