/** Deleting an object, or letting go of it: what goes only with its parent, what was taken over, what is gone already. */
import { ApiError, isManagedByParent, isNotFound, OperationError } from "../api/errors";
import { isRecord, valueAt } from "../schema/unknown";
import { explained } from "./failures";
import type { Remote } from "./remote";
import type { Session } from "./session";

type Values = Readonly<Record<string, unknown>>;

/** Why nothing is to be deleted, told when somebody should know. `undefined` when something is. */
export function whyKept(
  session: Session,
  { type, logicalName, name }: { readonly type: string; readonly logicalName: string; readonly name: string },
  props: Values,
): string | undefined {
  // Renamed or moved without an alias, or replaced by force: the new resource is the same object as the old one.
  if (session.takenOver.has(name))
    return `${name} is not deleted: another resource of this run has just taken it over.`;
  // An earlier run may have taken it over and died before it got here: for a resource that was renamed, ...
  const heir = session.stack.another({ type, logicalName, name });
  if (heir && !session.replaced.has(name))
    return `${name} is not deleted: it is what '${heir.logicalName}' of this program declares.`;
  // ... or for one that was moved, which keeps its logical name.
  if (session.heirs.has(name) && !isHeir(props) && !session.replaced.has(name))
    return `${name} is not deleted: another resource of this program has taken it over.`;
  if (props["adopted"] !== undefined && props["deleteOnRelease"] !== true) {
    return `${name} is not deleted: it was taken over, and this stack has let go of it. To delete such objects, write deleteOnRelease: true first.`;
  }
  return undefined;
}

/** Marks, among the outputs, an object that a run found where it was to make it and took for the program's own. */
export const tookOver = "tookOver";

/** Whether an object's outputs are of a resource that took it over, asked or not. */
export function isHeir(props: Values): boolean {
  return props[tookOver] === true || props["adopted"] !== undefined;
}

/** Deletes it. What is gone already, or goes only with its parent, is no error. */
export async function remove(remote: Remote, session: Session, props: Values): Promise<void> {
  const { definition, name } = remote;
  try {
    if (definition.permanent) {
      const { cleared } = definition.permanent;
      await remote.set(
        definition.slots.flatMap(({ mask, fields }) => (fields[0]?.marks.place === "local" ? [] : [mask])),
        cleared,
      );
      return;
    }
    const query = deleteQuery(remote, props);
    // After a failed wait the object may still be in the making, and then the service swallows a delete (probed 2026-10-02).
    const unsure = !isSettled(props);
    if (unsure && !(await settledOrGone(remote))) return;
    await remote.delete(query);
    session.deletedAt.set(name, remote.client.clock.now());
    if (definition.lingers) await remote.client.gone(name, async () => {});
    else if (unsure) await deletedForSure(remote, query);
  } catch (failure) {
    if (isNotFound(failure)) {
      // Perhaps by a delete whose answer was lost.
      session.deletedAt.set(name, remote.client.clock.now());
      return;
    }
    if (isManagedByParent(failure)) {
      session.warn(
        `${name} stays until its parent goes: the service deletes it only together. This stack has let go of it.`,
      );
      return;
    }
    throw await explainDelete(remote, failure);
  }
}

/** Whether the state shows the object as the service left it, and not in the middle of something. */
function isSettled({ status }: Values): boolean {
  return isRecord(status) && status["currentState"] !== "INIT" && status["pendingState"] === undefined;
}

async function settledOrGone(remote: Remote): Promise<boolean> {
  const found = await remote.look();
  if (found) {
    await remote.settle(found).catch(async (failure: unknown) => {
      // One that will never be done is to go all the same.
      const now = await remote.look();
      if (now && remote.definition.failed?.(now) === undefined) throw failure;
    });
  }
  return found !== undefined;
}

/** The delete is sent again for as long as the object is there and takes one. */
function deletedForSure(remote: Remote, query: Readonly<Record<string, string | undefined>>): Promise<void> {
  return remote.client.gone(remote.name, async (resource) => {
    if (remote.definition.settled?.(resource) ?? true) await remote.delete(query);
  });
}

function deleteQuery({ definition }: Remote, props: Values): Record<string, string | undefined> {
  return Object.fromEntries(
    definition.fields.flatMap(({ path, marks }) => {
      const value = valueAt(props, path);
      return marks.onDelete !== undefined && value ? [[marks.onDelete, String(value)]] : [];
    }),
  );
}

async function explainDelete(remote: Remote, failure: unknown): Promise<Error> {
  const { definition, name, client } = remote;
  const { blockers } = definition;
  // Without the permission, or with too many requests, it is not what stands in the way.
  const refused = failure instanceof ApiError ? [400, 409].includes(failure.status) : failure instanceof OperationError;
  if (!blockers || !refused) return explained(failure, "delete");
  const [resource, listed] = await Promise.all([
    remote.look().catch(() => undefined),
    client.list(blockers.among(name)).catch(() => []),
  ]);
  return explained(failure, "delete", blockers.explain(name, resource, listed));
}
