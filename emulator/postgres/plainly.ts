/** What went wrong with the data in `folder`, in one sentence. */
export function plainly(error: unknown, folder: string): string {
  const message = error instanceof Error ? error.message : String(error);
  if (/ENOSPC|No space left on device/.test(message)) return `the disk that holds ${folder} is full`;
  // Of all that a program of Postgres says, the reason.
  const reason = message.split("\n").find((line) => /\b(fatal|panic|error):/i.test(line));
  return reason === undefined ? message : reason.replace(/^.*?\b(fatal|panic|error):\s*/i, "");
}
