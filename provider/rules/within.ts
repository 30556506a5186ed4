import type { Rule } from "../schema/rule";

/** The same rules for a nested message, e.g. `defaultEndpointSettings`. */
export function within<Key extends string, Inner>(
  key: Key,
  rules: readonly Rule<Inner>[],
): Rule<{ readonly [K in Key]?: Inner | undefined }>[] {
  return rules.map((rule) => (args, context) => {
    const inner = args[key];
    const problem = inner && rule(inner, context);
    return problem && { ...problem, property: `${key}.${problem.property}` };
  });
}
