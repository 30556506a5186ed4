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
export function asExpired(remote: Remote, session: Session, props: Values): Values | undefined {
  const { definition, name } = remote;
  if (definition.expires) {
    const end = Date.parse(String(valueAt(props, ["status", "expireTime"])));
    if (props["onExpiry"] !== "forget" || !(end <= (remote.missedAt ?? 0))) return undefined;
    session.expired.add(name);
  }
  if (!session.expired.has(name) && !session.expired.has(branchOf(name) ?? "")) return undefined;
  const { status } = props;
  return { ...props, status: { ...(isRecord(status) ? status : {}), currentState: expired } };
}
