/** Ids of previews: whatever a ref holds, the id is one that the service takes. */
import fc from "fast-check";
import { mistakeIn, type PreviewOf, previewBranchId } from "../../../provider/environments/branch-id";

const valid = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const hash = /-[0-9a-f]{12}$/;
const prefix = "preview";

const id = (ref: string, more: Partial<PreviewOf> = {}) => previewBranchId({ prefix, ref, ...more });

test.each([
  { name: "a plain ref", ref: "login", want: "preview-login" },
  { name: "a path", ref: "feature/login", want: "preview-feature-login" },
  { name: "a full ref", ref: "refs/heads/feature/login", want: "preview-feature-login" },
  { name: "upper case", ref: "Fix-LOGIN", want: "preview-fix-login" },
  { name: "digits first", ref: "2026-q1", want: "preview-2026-q1" },
  { name: "accents", ref: "prüfung-café", want: "preview-prufung-cafe" },
  { name: "a command", ref: "$(rm -rf /); `id` | curl x > y & \"'", want: "preview-rm-rf-id-curl-x-y" },
  { name: "a way out of a folder", ref: "../../../../etc/passwd", want: "preview-etc-passwd" },
  {
    name: "a way to another resource",
    ref: "x/../../branches/production?purge=true#",
    want: "preview-x-branches-production-purge-true",
  },
  { name: "emoji", ref: "🔥fix🚀", want: "preview-fix" },
  { name: "only emoji", ref: "🔥🚀", want: "preview" },
  { name: "only punctuation", ref: "---//..!!", want: "preview" },
  { name: "another alphabet", ref: "ветка", want: "preview" },
  { name: "a line break", ref: "a\nb\r\nc", want: "preview-a-b-c" },
  { name: "a NUL", ref: "a\0b", want: "preview-a-b" },
  { name: "half a character", ref: "a\ud83db", want: "preview-a-b" },
  { name: "a space alone", ref: " ", want: "preview" },
  { name: "500 characters", ref: "a".repeat(500), want: `preview-${"a".repeat(42)}` },
  { name: "a cut at a hyphen", ref: `${"a".repeat(41)}/b`, want: `preview-${"a".repeat(41)}` },
  { name: "Turkish letters", ref: "İstanbul", want: "preview-istanbul" },
])("$name makes an id", ({ ref, want }) => {
  const made = id(ref);
  expect(made).toMatch(valid);
  expect(made).toMatch(hash);
  expect(made.replace(hash, "")).toBe(want);
  expect(id(ref)).toBe(made);
});

test("a pull request's id says its number", () => {
  expect(previewBranchId({ prefix, pullRequest: 12 })).toMatch(/^preview-pr-12-[0-9a-f]{12}$/);
  expect(previewBranchId({ prefix: "p".repeat(30), pullRequest: Number.MAX_SAFE_INTEGER })).toMatch(valid);
});

test("names that people take for the same have ids of their own", () => {
  const alike: readonly PreviewOf[] = [
    ...["fix/login", "fix-login", "Fix-Login", "fix.login", "fix--login", "fix_login", "fix/login ", "\0fix/login"].map(
      (ref) => ({ prefix, ref }),
    ),
    { prefix, ref: "refs/heads/fix/login" },
    { prefix, ref: "pr-12" },
    { prefix, ref: "12" },
    { prefix, pullRequest: 12 },
    { prefix, pullRequest: 12, repository: "shop" },
    { prefix, pullRequest: 12, reset: "shop" },
    { prefix, pullRequest: 12, reset: "shop2" },
    { prefix: "preview-pr", ref: "12" },
    { prefix, ref: `${"a".repeat(500)}b` },
    { prefix, ref: `${"a".repeat(500)}c` },
    { prefix, ref: "🔥" },
    { prefix, ref: "🚀" },
    { prefix, ref: "é" },
    { prefix, ref: "e\u0301" },
    { prefix, ref: "\ud83d" },
    { prefix, ref: "\ufffd" },
  ];
  expect(new Set(alike.map(previewBranchId)).size).toBe(alike.length);
});

const names = fc.oneof(fc.string(), fc.string({ unit: "binary", maxLength: 600 }), fc.string({ unit: "grapheme" }));
const prefixes = fc.stringMatching(/^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$/);
const previews: fc.Arbitrary<PreviewOf> = fc
  .record(
    { prefix: prefixes, name: fc.oneof(names, fc.integer({ min: 1 })), repository: names, reset: names },
    { requiredKeys: ["prefix", "name"] },
  )
  .map(({ name, ...rest }) => ({ ...rest, ...(typeof name === "number" ? { pullRequest: name } : { ref: name }) }));

test("any preview has an id that the service takes, begins with its prefix, and is the same every time", () => {
  fc.assert(
    fc.property(previews, (preview) => {
      const made = previewBranchId(preview);
      expect(made).toMatch(valid);
      expect(made.startsWith(`${preview.prefix}-`)).toBe(true);
      expect(previewBranchId({ ...preview })).toBe(made);
    }),
    { numRuns: 1000 },
  );
});

test("any two refs have two ids", () => {
  fc.assert(
    fc.property(names, names, (one, other) => {
      expect(id(one) === id(other)).toBe(one === other);
    }),
    { numRuns: 1000 },
  );
});

test.each<{ name: string; preview: object; want: string | undefined }>([
  { name: "a ref", preview: { ref: "main" }, want: undefined },
  { name: "a pull request", preview: { pullRequest: 1 }, want: undefined },
  {
    name: "both",
    preview: { ref: "main", pullRequest: 1 },
    want: "ref and pullRequest are both given; write the one that the preview is for",
  },
  {
    name: "neither",
    preview: {},
    want: "neither ref nor pullRequest is given; write a git ref such as feature/login, or the number of a pull request",
  },
  { name: "an empty ref", preview: { ref: "" }, want: "ref is empty; write a git ref such as feature/login" },
  ...[0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53].map((pullRequest) => ({
    name: `pull request ${pullRequest}`,
    preview: { pullRequest },
    want: `pullRequest is ${pullRequest}, which is not the number of a pull request; write a whole number from 1`,
  })),
  {
    name: "a pull request in words",
    preview: { pullRequest: "12" },
    want: 'pullRequest is "12", which is not the number of a pull request; write a whole number from 1',
  },
  {
    name: "a ref that is not known yet",
    preview: { ref: { apply: 1 } },
    want: "ref is not a plain text; write one that is known when the program runs, since the branch's id is made of it",
  },
  ...["", "Preview", "-p", "p-", "1p", "p_q", "p\n"].map((wrong) => ({
    name: `prefix ${JSON.stringify(wrong)}`,
    preview: { prefix: wrong, ref: "main" },
    want: `prefix is ${JSON.stringify(wrong)}; write 1 to 30 lower-case letters, digits or hyphens, a letter first and no hyphen last`,
  })),
  {
    name: "a long prefix",
    preview: { prefix: "p".repeat(63), ref: "main" },
    want: `prefix is "${"p".repeat(39)}…; write 1 to 30 lower-case letters, digits or hyphens, a letter first and no hyphen last`,
  },
])("$name is judged", ({ preview, want }) => {
  expect(mistakeIn({ prefix, ...preview })).toBe(want);
});
