import type { ClientBase } from "pg";

/** All of `work` or nothing of it. */
export async function inTransaction<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query("begin");
  try {
    const answer = await work();
    await client.query("commit");
    return answer;
  } catch (error) {
    // What went wrong says more than that the connection may be gone as well.
    await client.query("rollback").catch(() => {});
    throw error;
  }
}
