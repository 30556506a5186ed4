import { Stack, type StackOptions } from "../../tools/sandbox.mts";

export type { Stack };

/** Stacks for a test file: each one is closed after the test that made it, whatever became of the test. */
export function useStacks(): (options?: StackOptions) => Promise<Stack> {
  const open: Stack[] = [];
  // A command of the CLI takes a second and more, and a test runs several of them on a machine of any speed.
  jest.setTimeout(180_000);
  afterEach(async () => {
    await Promise.all(open.splice(0).map((stack) => stack.close()));
  });
  return async (options) => {
    const stack = await Stack.create(options);
    open.push(stack);
    return stack;
  };
}
