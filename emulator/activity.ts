import { flagAt, textAt } from "./json";
import type { Stored } from "./stored";
import { parseSeconds } from "./values";

/** What a compute has done. It is not saved: a new process finds every compute as its age alone has it. */
export interface Activity {
  readonly connections: number;
  /** When it was last seen in use. */
  readonly lastActive: number;
  /** Put to sleep, by hand or by its timeout. */
  readonly asleep: boolean;
}

/** By the endpoint's uid, since an endpoint made anew is another compute. */
export class Activities {
  private known = new Map<string, Activity>();

  of(uid: string): Activity | undefined {
    return this.known.get(uid);
  }

  connected(uid: string, now: number): void {
    this.known.set(uid, { connections: this.connections(uid) + 1, lastActive: now, asleep: false });
  }

  disconnected(uid: string, now: number): void {
    // The sessions of a compute that was put to sleep end after it: it stays asleep.
    const asleep = this.known.get(uid)?.asleep ?? false;
    this.known.set(uid, { connections: Math.max(0, this.connections(uid) - 1), lastActive: now, asleep });
  }

  wake(uid: string, now: number): void {
    this.known.set(uid, { connections: this.connections(uid), lastActive: now, asleep: false });
  }

  suspend(uid: string, now: number): void {
    const lastActive = this.known.get(uid)?.lastActive ?? now;
    this.known.set(uid, { connections: 0, lastActive, asleep: true });
  }

  clear(): void {
    this.known.clear();
  }

  private connections(uid: string): number {
    return this.known.get(uid)?.connections ?? 0;
  }
}

/** Whether an endpoint's compute sleeps: it is disabled, was suspended, or nobody came for as long as its timeout says. */
export function isAsleep(endpoint: Stored, activity: Activity | undefined, now: number): boolean {
  if (flagAt(endpoint.inputs, "spec.disabled")) return true;
  if (activity?.asleep === true) return true;
  if (activity !== undefined && activity.connections > 0) return false;
  const timeout = parseSeconds(textAt(endpoint.inputs, "spec.suspend_timeout_duration") ?? "");
  const since = activity?.lastActive ?? endpoint.readyAt;
  return timeout !== undefined && now >= since + timeout * 1_000;
}
