/** Times, durations and sizes as a person says them. */

const UNITS = /** @type {const} */ ([
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
]);

/**
 * The largest unit of a duration, with the next one where `fine`: "6 d 23 h".
 * @param {number} milliseconds
 * @param {boolean} [fine]
 */
export function span(milliseconds, fine = false) {
  const first = UNITS.findIndex(([, size]) => milliseconds >= size);
  if (first < 0) return "0 s";
  const [unit, size] = UNITS[first] ?? UNITS[3];
  const whole = `${Math.floor(milliseconds / size)} ${unit}`;
  const next = UNITS[first + 1];
  const rest = next === undefined ? 0 : Math.floor((milliseconds % size) / next[1]);
  return fine && next !== undefined && rest > 0 ? `${whole} ${rest} ${next[0]}` : whole;
}

/**
 * Of a duration on the wire: "300s" is "5 min".
 * @param {string | undefined} duration
 */
export function wireSpan(duration) {
  return duration === undefined ? undefined : span(Number.parseFloat(duration) * 1_000, true);
}

/** @param {number} instant */
export function dateAndTime(instant) {
  return new Date(instant).toISOString().slice(0, 19).replace("T", " ");
}

/** @param {string} instant */
export function timeOfDay(instant) {
  return instant.slice(11, 19);
}

/**
 * @param {number | undefined} minimum
 * @param {number | undefined} maximum
 */
export function range(minimum, maximum) {
  return minimum === maximum ? `${maximum}` : `${minimum}–${maximum}`;
}

/**
 * @param {number} number
 * @param {string} one
 * @param {string} [many]
 */
export function count(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`;
}

/**
 * A few of them: "a, b, c and 2 more".
 * @param {readonly string[]} names
 */
export function listed(names, most = 5) {
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
