/**
 * One comment on the pull request, edited in place: `node scripts/comment.mjs TITLE FILE`. A file that begins with a
 * hidden marker, as schema-diff's Markdown does, is posted as it is. Any other becomes a code block.
 */
import { readFileSync } from "node:fs";

const { GITHUB_API_URL = "https://api.github.com", GITHUB_REPOSITORY, GITHUB_TOKEN, PULL_REQUEST } = process.env;
const [title, file] = process.argv.slice(2);
/** GitHub takes 65,536 characters. */
const most = 60_000;

const marker = `<!-- ${title} -->`;
const text = readFileSync(file, "utf8").trim();
const body = `${marker}\n${text.startsWith("<!--") ? text : block(text)}`;
const comments = `repos/${GITHUB_REPOSITORY}/issues/${PULL_REQUEST}/comments`;

const own = await find();
if (own === undefined) await github("POST", comments, { body });
else if (own.body !== body) await github("PATCH", `repos/${GITHUB_REPOSITORY}/issues/comments/${own.id}`, { body });

/** A fence that is longer than any in the text, so that nothing in it ends the block. */
function block(text) {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  const shown = text.length > most ? `${text.slice(0, most)}\n… ${text.length - most} more characters` : text;
  return `### ${title}\n\n${fence}\n${shown}\n${fence}`;
}

async function find() {
  for (let page = 1; ; page++) {
    const listed = await github("GET", `${comments}?per_page=100&page=${page}`);
    // Anybody may write the marker into a comment: only a bot's is ours to edit.
    const found = listed.find((comment) => comment.user?.type === "Bot" && comment.body?.startsWith(marker));
    if (found !== undefined || listed.length < 100) return found;
  }
}

async function github(method, path, content) {
  const response = await fetch(`${GITHUB_API_URL}/${path}`, {
    method,
    headers: { accept: "application/vnd.github+json", authorization: `Bearer ${GITHUB_TOKEN}` },
    ...(content !== undefined && { body: JSON.stringify(content) }),
  });
  if (!response.ok) {
    console.error(`${method} ${path}: ${response.status}; the job needs the permission pull-requests: write`);
    process.exit(1);
  }
  return response.json();
}
