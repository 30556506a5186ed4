/** Milliseconds, and what is made of several of them. */
export async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly ms: number }> {
  const start = performance.now();
  const result = await work();
  return { result, ms: performance.now() - start };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** One line of a table of results. */
export interface Result {
  readonly what: string;
  readonly measured: string;
  /** What it is compared with, in the same run. */
  readonly beside: string;
  readonly ratio: number;
  readonly target: string;
  readonly isMet: boolean;
}

export function milliseconds(value: number): string {
  return value < 1_000 ? `${Math.round(value)} ms` : `${(value / 1_000).toFixed(2)} s`;
}

export function seconds(value: number): string {
  return `${value.toFixed(2)} s`;
}
