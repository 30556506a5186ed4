import type { Wire } from "../../../provider/command/inventory";
import { type Looked, stillGoes, type Verdict, verdicts } from "../../../provider/command/sweeping";

const shop = "projects/shop/branches";
const now = Date.parse("2026-12-10T12:00:00Z");
const longAgo = "2026-12-07T12:00:00Z";

type Status = Readonly<Record<string, unknown>>;

function branch(id: string, status: Status = {}, create_time: string | undefined = longAgo): Wire {
  const source_branch = `${shop}/production`;
  return { name: `${shop}/${id}`, uid: `br-${id}`, create_time, status: { source_branch, ...status } };
}

function looked(branches: readonly Wire[], more: Partial<Looked> = {}): Looked {
  return { branches, prefix: "preview", olderThan: 86_400, now, owners: new Map(), ...more };
}

/** `preview-a goes: why` */
function short({ name, goes, why }: Verdict): string {
  return `${name.replace(`${shop}/`, "")} ${goes ? "goes" : "stays"}: ${why}`;
}

const made = "made 2026-12-07 12:00Z (3d ago), and no stack has it";

interface Case {
  readonly name: string;
  readonly branches: readonly Wire[];
  readonly more?: Partial<Looked>;
  readonly want: readonly string[];
}

const cases: readonly Case[] = [
  { name: "an old branch that nobody has", branches: [branch("preview-a")], want: [`preview-a goes: ${made}`] },
  { name: "one with another prefix", branches: [branch("staging"), branch("a-preview")], want: [] },
  {
    name: "one that a stack has",
    branches: [branch("preview-a")],
    more: { owners: new Map([[`${shop}/preview-a`, "stack dev"]]) },
    want: ["preview-a stays: the state of stack dev has it"],
  },
  {
    name: "one of another project's stack under the same id",
    branches: [branch("preview-a")],
    more: { owners: new Map([["projects/store/branches/preview-a", "stack dev"]]) },
    want: [`preview-a goes: ${made}`],
  },
  {
    name: "one when no stack was asked",
    branches: [branch("preview-a")],
    more: { owners: undefined },
    want: ["preview-a goes: made 2026-12-07 12:00Z (3d ago)"],
  },
  {
    name: "one that is exactly old enough",
    branches: [branch("preview-a", {}, "2026-12-09T12:00:00Z")],
    want: ["preview-a goes: made 2026-12-09 12:00Z (1d ago), and no stack has it"],
  },
  {
    name: "one that is a moment too young",
    branches: [branch("preview-a", {}, "2026-12-09T12:00:01Z")],
    want: ["preview-a stays: made 2026-12-09 12:00Z (23h ago), which is not 1d ago"],
  },
  {
    name: "one whose age is not shown",
    branches: [{ ...branch("preview-a"), create_time: undefined }],
    want: ["preview-a stays: the service does not show when it was made"],
  },
  {
    name: "a protected one",
    branches: [branch("preview-a", { is_protected: true })],
    want: ["preview-a stays: it is protected"],
  },
  {
    name: "the default one",
    branches: [branch("preview-a", { default: true })],
    want: ["preview-a stays: it is the default branch"],
  },
  {
    name: "production, whatever it looks like",
    branches: [branch("production")],
    more: { prefix: "pr" },
    want: ["production stays: production is never swept"],
  },
  {
    name: "one that was restored from a snapshot",
    branches: [branch("preview-a", { source_branch: undefined })],
    want: ["preview-a stays: it is a root branch, which goes with its project"],
  },
  {
    name: "one that is being made, and one that is being changed",
    branches: [branch("preview-a", { current_state: "INIT" }), branch("preview-b", { pending_state: "READY" })],
    want: ["preview-a stays: the service is at work on it", "preview-b stays: the service is at work on it"],
  },
  {
    name: "children before what they were made from, however deep",
    branches: [
      branch("preview-a"),
      branch("preview-b", { source_branch: `${shop}/preview-a` }),
      branch("preview-c", { source_branch: `${shop}/preview-b` }),
    ],
    want: [`preview-c goes: ${made}`, `preview-b goes: ${made}`, `preview-a goes: ${made}`],
  },
  {
    name: "ones whose child stays, and what those were made from",
    branches: [
      branch("preview-a"),
      branch("preview-b", { source_branch: `${shop}/preview-a` }),
      branch("mine", { source_branch: `${shop}/preview-b` }),
      branch("preview-c"),
    ],
    want: [
      `preview-c goes: ${made}`,
      "preview-a stays: preview-b was made from it, and stays",
      "preview-b stays: mine was made from it, and stays",
    ],
  },
];

test.each(cases)("judges $name", ({ branches, more, want }) => {
  expect(verdicts(looked(branches, more)).map(short)).toEqual(want);
});

interface Later {
  readonly name: string;
  readonly found: readonly Wire[];
  readonly want: string | undefined;
}

const before = looked([branch("preview-a", { expire_time: "2026-12-14T00:00:00Z" })]);

const later: readonly Later[] = [
  { name: "is as it was", found: before.branches, want: `preview-a goes: ${made}` },
  { name: "is gone", found: [], want: undefined },
  {
    name: "was renewed",
    found: [branch("preview-a", { expire_time: "2026-12-15T00:00:00Z" })],
    want: "preview-a stays: somebody has changed it since",
  },
  {
    name: "was made anew",
    found: before.branches.map((one) => ({ ...one, uid: "br-another" })),
    want: "preview-a stays: somebody has changed it since",
  },
  {
    name: "was protected",
    found: [branch("preview-a", { expire_time: "2026-12-14T00:00:00Z", is_protected: true })],
    want: "preview-a stays: it is protected",
  },
  {
    name: "has got a child that would go too",
    found: [...before.branches, branch("preview-b", { source_branch: `${shop}/preview-a` })],
    want: "preview-a stays: preview-b was made from it, and is there",
  },
];

test.each(later)("judges one again that $name", ({ found, want }) => {
  const verdict = stillGoes(`${shop}/preview-a`, before, looked(found));
  expect(verdict && short(verdict)).toBe(want);
});
