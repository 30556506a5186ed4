/** From that moment of the machine on, the emulator is so many milliseconds ahead. */
export interface Move {
  readonly at: number;
  readonly shift: number;
}

/** Time as the emulator sees it: the machine's (or a test's), moved by an offset that can be set. */
export class Clock {
  private moves: readonly Move[];

  constructor(
    private readonly source: () => number,
    moves: readonly Move[] = [],
  ) {
    this.moves = moves;
  }

  now(): number {
    return this.source() + this.shift;
  }

  advance(milliseconds: number): void {
    this.moves = [...this.moves, { at: this.source(), shift: this.shift + milliseconds }];
  }

  set(instant: number): void {
    this.moves = [...this.moves, { at: this.source(), shift: instant - this.source() }];
  }

  reset(): void {
    this.moves = [];
  }

  /** What has to be kept to go on from there in another process. */
  get history(): readonly Move[] {
    return this.moves;
  }

  /** The machine's time at which it was `instant` here: Postgres stamps what it writes with the machine's. */
  toMachine(instant: number): number {
    const latest = this.moves.findLast((move) => move.at + move.shift <= instant);
    if (latest === undefined) return Math.min(instant, (this.moves[0]?.at ?? Number.POSITIVE_INFINITY) - 1);
    const next = this.moves[this.moves.indexOf(latest) + 1];
    // A time that was jumped over is the last one before the jump: nothing changed in between.
    return Math.min(instant - latest.shift, (next?.at ?? Number.POSITIVE_INFINITY) - 1);
  }

  private get shift(): number {
    return this.moves.at(-1)?.shift ?? 0;
  }
}
