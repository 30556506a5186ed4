import { refreshing } from "../../../provider/connections/refreshing";

const minute = 60_000;
const start = Date.parse("2026-11-24T12:00:00Z");

/** A service that makes tokens of an hour, on a clock of its own. */
class Service {
  now = start;
  /** How far its clock is ahead of the program's. */
  ahead = 0;
  asked = 0;
  fails = false;

  readonly mint = async () => {
    this.asked++;
    if (this.fails) throw new Error("POST credentials: no answer");
    const expireTime = new Date(this.now + this.ahead + 60 * minute).toISOString();
    return { token: `fake-token-${this.asked}`, expireTime };
  };

  readonly password = refreshing(this.mint, 60 * minute, { now: () => this.now });
}

let service: Service;
beforeEach(() => {
  service = new Service();
});

test("a token is kept until two minutes before its end", async () => {
  expect(await service.password()).toBe("fake-token-1");
  service.now = start + 58 * minute - 1;
  expect(await service.password()).toBe("fake-token-1");
  service.now = start + 58 * minute;
  expect(await service.password()).toBe("fake-token-2");
  expect(service.asked).toBe(2);
});

test("however many ask at once, one request is made, also for the next token", async () => {
  const all = () => Promise.all(Array.from({ length: 20 }, () => service.password()));
  expect(new Set(await all())).toEqual(new Set(["fake-token-1"]));
  service.now = start + 59 * minute;
  expect(new Set(await all())).toEqual(new Set(["fake-token-2"]));
  expect(service.asked).toBe(2);
});

test("while a new one is not to be had, the old one does until its end", async () => {
  await service.password();
  service.fails = true;
  service.now = start + 59 * minute;
  expect(await service.password()).toBe("fake-token-1");
  service.now = start + 60 * minute;
  await expect(service.password()).rejects.toThrow("POST credentials: no answer");
  service.fails = false;
  expect(await service.password()).toBe("fake-token-4");
});

test("a refusal is not kept: the next connection asks again", async () => {
  service.fails = true;
  await expect(service.password()).rejects.toThrow("no answer");
  service.fails = false;
  expect(await service.password()).toBe("fake-token-2");
});

const clocks = [
  { name: "an hour ahead", ahead: 60, want: 1 },
  { name: "right", ahead: 0, want: 1 },
  // The token looks as if it were about to end, so each connection asks: dear, and right.
  { name: "an hour behind", ahead: -60, want: 2 },
];

test.each(clocks)("no token is given out too long when the service's clock is $name", async ({ ahead, want }) => {
  service.ahead = ahead * minute;
  await service.password();
  service.now = start + 57 * minute;
  await service.password();
  expect(service.asked).toBe(want);
  service.now = start + 58 * minute;
  await service.password();
  expect(service.asked).toBe(want + 1);
});
