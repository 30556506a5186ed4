/** Takes so many requests a second: a bucket that holds as many tokens and is filled as evenly as time passes. */
export class RequestLimit {
  private tokens = Number.POSITIVE_INFINITY;
  private last = 0;

  /** Whether a request that comes `now`, in milliseconds, is taken. A machine's clock may be set back. */
  takes(now: number, perSecond: number): boolean {
    const added = (Math.max(0, now - this.last) / 1000) * perSecond;
    this.tokens = Math.min(perSecond, this.tokens + added);
    this.last = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  reset(): void {
    this.tokens = Number.POSITIVE_INFINITY;
  }
}
