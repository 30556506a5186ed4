/** The size of what stands behind an endpoint, in words for people. */

export interface Size {
  readonly least: unknown;
  readonly most: unknown;
  readonly computes: number;
}

/** `0.5–2 CU`, `4 CU` where nothing scales, `2 × 2–8 CU` for a group. */
export function size({ least, most, computes }: Size): string {
  return `${computes > 1 ? `${computes} × ` : ""}${least === most ? least : `${least}–${most}`} CU`;
}
