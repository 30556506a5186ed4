/** Branches and snapshots whose time has come: a normal end, which a program can have the state remember instead of undo. */
import { branchOf } from "../schema/name";
import { isRecord, valueAt } from "../schema/unknown";
import type { Remote } from "./remote";
import type { Session } from "./session";

type Values = Readonly<Record<string, unknown>>;

const expired = "EXPIRED";

/** Whether the state remembers it as expired, so that nothing is asked about it any more. */
export function isExpired(props: Values): boolean {
  return valueAt(props, ["status", "currentState"]) === expired;
}

/** What is kept of an object that was not found, when it has expired and is to be forgotten; `undefined` when it is just gone. */
export async function asExpired(remote: Remote, session: Session, props: Values): Promise<Values | undefined> {
  const { definition, name } = remote;
  const branch = branchOf(name) ?? "";
  if (definition.expires) {
    if (props["onExpiry"] === "forget" && isOver(props, remote.missedAt)) session.expired.add(name);
  } else {
    // Several are read at a time, parents first: the branch has been asked about by now, and may not have answered yet.
    await session.reading.get(branch);
  }
  if (!session.expired.has(name) && !session.expired.has(branch)) return undefined;
  const { status } = props;
  return { ...props, status: { ...(isRecord(status) ? status : {}), currentState: expired } };
}

/** Whether what should have expired is gone. While the service does not say so, it counts as there. */
export async function hasEnded(remote: Remote): Promise<boolean> {
  return remote.look().then(
    (found) => found === undefined,
    () => false,
  );
}

function isOver(props: Values, now = 0): boolean {
  return Date.parse(String(valueAt(props, ["status", "expireTime"]))) <= now;
}
