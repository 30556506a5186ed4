import { Clock, type Move } from "../../../emulator/clock";

const ahead: Move = { at: 1_000, shift: 3_600_000 };
const back: Move = { at: 5_000, shift: -3_000 };

describe("the machine's time at a time of the emulator's", () => {
  test.each([
    { what: "is the same on a clock that was never moved", moves: [], instant: 6_500, want: 6_500 },
    { what: "is the same before the first move", moves: [ahead], instant: 900, want: 900 },
    { what: "that was jumped over is the last one before the jump", moves: [ahead], instant: 1_800_000, want: 999 },
    { what: "is as much earlier after a jump", moves: [ahead], instant: 3_602_000, want: 2_000 },
    { what: "that came twice is the latter", moves: [ahead, back], instant: 2_500, want: 5_500 },
    { what: "that came once is that one, whatever came later", moves: [ahead, back], instant: 900, want: 900 },
  ])("$what", ({ moves, instant, want }) => {
    expect(new Clock(() => 9_000, moves).toMachine(instant)).toBe(want);
  });

  test("is now for a time that has just come", () => {
    let machine = 1_000;
    const clock = new Clock(() => machine);
    clock.advance(3_600_000);
    machine = 5_000;
    clock.set(2_000);
    machine = 9_000;
    expect(clock.toMachine(clock.now())).toBe(9_000);
  });
});
