// Counts what a chart shows: sums in steps of time, and in classes of size.

import { ENDINGS } from "./data.js";

const SECOND = 1000;
const DAY = 86_400 * SECOND;
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60 * SECOND),
  ...[1, 2, 3, 6, 12].map((hours) => hours * 3600 * SECOND),
  ...[1, 2, 7, 14, 28, 91, 182, 364].map((days) => days * DAY),
];

/** Even steps over a period, at most so many. */
export function steps(from, to, most) {
  const step = STEPS.find((each) => (to - from) / each <= most - 1) ?? STEPS.at(-1);
  const first = Math.floor(from / step) * step;
  const size = Math.floor((to - first) / step) + 1;
  return { first, step, size, starts: Array.from({ length: size }, (_, at) => first + at * step) };
}

/**
 * What to show for each lane, each way to end and each step.
 *
 * @param laneOf the lane of a call
 * @param weigh what a call adds
 */
export function sums(model, chosen, spans, lanes, laneOf, weigh) {
  const table = Array.from({ length: lanes }, () => ENDINGS.map(() => new Float64Array(spans.size)));
  for (const at of chosen) {
    const position = Math.floor((model.calls.time[at] - spans.first) / spans.step);
    if (position >= 0 && position < spans.size) {
      table[laneOf(at)][model.calls.ending[at]][position] += weigh(at);
    }
  }
  return table;
}

/** How many calls of each way to end have a value in each class, which begin at 0 and the bounds. */
export function spread(model, chosen, values, bounds) {
  const table = ENDINGS.map(() => new Float64Array(bounds.length + 1));
  for (const at of chosen) {
    const value = values[at];
    if (value >= 0) {
      let position = 0;
      while (position < bounds.length && value >= bounds[position]) {
        position++;
      }
      table[model.calls.ending[at]][position]++;
    }
  }
  return table;
}
