// Which calls and runs are shown.

import { ENDINGS } from "./data.js";

/** What a person chose: words by their places, -1 for all; `group` is one line of what did not go well. */
export const everything = () => ({
  endings: new Set(),
  search: "",
  host: -1,
  sandbox: -1,
  agent: -1,
  what: -1,
  from: -Infinity,
  to: Infinity,
  run: -1,
  group: null,
});

const SEARCHED_OF_CALLS = ["host", "sandbox", "agent", "run", "what", "program", "arguments", "ended", "output", "more",
  "by"];
const SEARCHED_OF_RUNS = ["id", "agent", "host", "by", "model", "prompt", "story", "ended"];

/** For each word of the page, whether it has the text; null if nothing is searched. */
function found(model, search) {
  const wanted = search.trim().toLowerCase();
  if (wanted === "") {
    return null;
  }
  return Uint8Array.from(model.words, (word) => (word.toLowerCase().includes(wanted) ? 1 : 0));
}

/** The key of the line of what did not go well that a call belongs to. */
export function groupOf(model, at) {
  const { calls } = model;
  return ["ending", "host", "sandbox", "what", "program", "ended"].map((column) => calls[column][at]).join(" ");
}

/**
 * The indices of calls that are shown, in the order of time.
 *
 * @param but a part of the filter that does not count
 */
export function chooseCalls(model, filter, but = "") {
  const { calls } = model;
  const hits = found(model, filter.search);
  const endings = but === "endings" ? new Set() : filter.endings;
  const chosen = new Int32Array(model.callCount);
  let size = 0;
  for (let at = 0; at < model.callCount; at++) {
    if (
      calls.time[at] >= filter.from &&
      calls.time[at] <= filter.to &&
      (endings.size === 0 || endings.has(calls.ending[at])) &&
      (filter.host < 0 || calls.host[at] === filter.host) &&
      (filter.sandbox < 0 || calls.sandbox[at] === filter.sandbox) &&
      (filter.agent < 0 || calls.agent[at] === filter.agent) &&
      (filter.what < 0 || calls.what[at] === filter.what) &&
      (filter.run < 0 || calls.run[at] === filter.run) &&
      (filter.group === null || groupOf(model, at) === filter.group.key) &&
      (hits === null ||
        SEARCHED_OF_CALLS.some((column) => hits[calls[column][at]] === 1))
    ) {
      chosen[size++] = at;
    }
  }
  return chosen.subarray(0, size);
}

/** The indices of runs: those that match themselves, and those of which a call is shown. */
export function chooseRuns(model, filter, chosenCalls) {
  const { runs } = model;
  const hits = found(model, filter.search);
  const withCall = new Uint8Array(model.runCount);
  for (const at of chosenCalls) {
    const run = model.runWith(model.calls.run[at]);
    if (run >= 0) {
      withCall[run] = 1;
    }
  }
  const ofCalls = filter.host >= 0 || filter.sandbox >= 0 || filter.what >= 0 || filter.group !== null;
  const chosen = [];
  for (let at = 0; at < model.runCount; at++) {
    const itself =
      !ofCalls &&
      runs.time[at] >= filter.from &&
      runs.time[at] <= filter.to &&
      (filter.endings.size === 0 || filter.endings.has(runs.ending[at])) &&
      (filter.agent < 0 || runs.agent[at] === filter.agent) &&
      (hits === null || SEARCHED_OF_RUNS.some((column) => hits[runs[column][at]] === 1));
    if (itself || withCall[at] === 1) {
      chosen.push(at);
    }
  }
  return Int32Array.from(chosen);
}

/** How many of these calls ended in each way. */
export function countEndings(model, chosen) {
  const counts = new Array(ENDINGS.length).fill(0);
  for (const at of chosen) {
    counts[model.calls.ending[at]]++;
  }
  return counts;
}
