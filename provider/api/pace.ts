/** How many requests a second the service takes, learned from its refusals. Pure: it is told the time. */

/** Limits count by the second, whether as a window or as tokens. Times are in milliseconds. */
const second = 1000;
/** What may be sent at once, of that which is due: a bucket of tokens may be small. */
const burst = 0.4 * second;
/** Nothing is slowed down further than that by one refusal, which may be about something else. */
const leastAtFirst = 8;
/** Until it is tried again whether the service takes more; twice as long after each time that it does not. */
const pause = 8 * second;
const longestPause = 16 * second;
/** What one refusal makes all the others wait for. */
const longestHold = 60 * second;
/** Until the first step counts as gone well. */
const patience = 2 * second;
/** By how much one may be quicker on its way than one before it: twice what the times of answers deviate on average. */
const slack = { least: 10, most: 60 };

/** A request that is on its way, or was taken. */
export interface Sent {
  readonly at: number;
}

/**
 * Shared by all requests to one host. Until the first refusal (a 429) everything passes at once. From then on no second
 * has more requests than were taken in the one before the refusal, and they are spread over it. Any limiter takes that:
 * one that counts by the clock, one that looks back, or a bucket of tokens. Now and then one more is tried, and while
 * that goes well, ever more.
 */
export class Pace {
  /** How many may be sent within a second; `undefined`: nothing was refused yet. */
  #most: number | undefined;
  /** How long answers take, lately, and how far they are from that. */
  #usual: number | undefined;
  #deviation = 0;
  /** What refusals have shown to be needed beyond that. */
  #more = 0;
  #step = 1;
  #pause = pause;
  #nextStep = 0;
  /** Whether the pace has made somebody wait, since the last step. */
  #bound = false;
  #heldUntil = 0;
  /** When the one after would be due if all were spread evenly. */
  #due = 0;
  /** When the last refusal was heard that changed something. */
  #cut = Number.NEGATIVE_INFINITY;
  /** When it was asked last. */
  #asked = Number.NEGATIVE_INFINITY;
  /** Those of the last seconds that were not refused, oldest first. */
  #sent: Sent[] = [];
  readonly #taken = new WeakSet<Sent>();

  /** Milliseconds until the next request may be sent; 0: now. */
  wait(now: number): number {
    if (now < this.#asked) this.#forgetTimes(now);
    this.#asked = now;
    if (this.#most === undefined) return Math.max(0, this.#heldUntil - now);
    const last = this.#sent.at(-this.#most);
    const full = last === undefined ? 0 : last.at + second + this.#slack;
    const wait = Math.max(this.#heldUntil, full, this.#due - burst) - now;
    if (wait > 0) {
      this.#bound = true;
      return wait;
    }
    if (this.#bound && now >= this.#nextStep) this.#tryMore(now, this.#most);
    return 0;
  }

  /** To be called when a request is sent, after `wait` has said 0. */
  send(now: number): Sent {
    const sent = { at: now };
    this.#sent.push(sent);
    if (this.#most !== undefined) this.#due = Math.max(this.#due, now) + second / this.#most;
    while ((this.#sent[0]?.at ?? now) < now - 3 * second) this.#sent.shift();
    return sent;
  }

  /** The service did not say that the request has come too early. */
  taken(sent: Sent, now: number): void {
    this.#taken.add(sent);
    this.#usual ??= now - sent.at;
    const apart = now - sent.at - this.#usual;
    this.#usual += apart / 8;
    this.#deviation += (Math.abs(apart) - this.#deviation) / 8;
    // It was on its way when another was refused: more were taken than was known then.
    if (this.#most !== undefined && sent.at <= this.#cut && this.#step === 1) {
      this.#most = Math.max(this.#most, this.#takenUntil(this.#cut));
    }
  }

  /** The service has said 429, and perhaps when to come again. */
  refused(sent: Sent, now: number, retryAfterMs = 0): void {
    this.#sent = this.#sent.filter((each) => each !== sent);
    // Who was refused may wait for longer, or give up; the others try what the service says by then.
    this.#heldUntil = Math.max(this.#heldUntil, now + Math.min(retryAfterMs, longestHold));
    // Those that were on their way when one was refused say the same.
    if (sent.at <= this.#cut) return;
    const taken = Math.max(this.#takenUntil(sent.at), this.#takenUntil(now));
    if (this.#most === undefined) {
      this.#most = Math.max(taken, leastAtFirst);
    } else if (taken >= this.#most) {
      // No more than was taken before, so they came a little too close.
      this.#more = Math.min(slack.most, this.#more + slack.least);
    } else {
      this.#most = Math.max(1, taken, Math.floor(this.#most / 2));
      this.#pause = Math.min(longestPause, 2 * this.#pause);
    }
    // Fewer were taken in this second than may be: its rest would be refused too.
    if (taken < this.#most) this.#heldUntil = Math.max(this.#heldUntil, sent.at + second + this.#slack);
    this.#cut = now;
    this.#step = 1;
    this.#bound = false;
    // What was not measured is found out soon.
    this.#nextStep = now + (taken < this.#most ? patience : this.#pause);
  }

  /** The machine's clock was set back: what was measured by it is worth nothing now. */
  #forgetTimes(now: number): void {
    this.#sent = [];
    this.#heldUntil = Math.min(this.#heldUntil, now);
    this.#due = Math.min(this.#due, now);
    this.#nextStep = Math.min(this.#nextStep, now + this.#pause);
    this.#cut = Math.min(this.#cut, now);
  }

  get #slack(): number {
    return Math.max(slack.least, Math.min(slack.most, 2 * this.#deviation)) + this.#more;
  }

  #tryMore(now: number, most: number): void {
    this.#most = most + this.#step;
    this.#step *= 2;
    this.#bound = false;
    this.#nextStep = now + (this.#step > 2 ? second : patience);
    if (this.#step > leastAtFirst) this.#pause = pause;
  }

  /** How many of one second were taken. */
  #takenUntil(end: number): number {
    return this.#sent.filter((each) => each.at > end - second && each.at <= end && this.#taken.has(each)).length;
  }
}
