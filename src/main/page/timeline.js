// The time line: a chart for each host, sandbox, run or agent, one below the other, over the same period.

import { steps, sums } from "./bins.js";
import { numbers, overTime } from "./charts.js";
import { ENDINGS, WELL } from "./data.js";
import { element } from "./dom.js";
import { bytes, counted, duration, short, time } from "./text.js";

const MOST_LANES = 8;

const MEASURES = {
  calls: { name: "calls", label: short, say: short, whole: true, weigh: () => () => 1 },
  time: {
    name: "time",
    label: duration,
    say: duration,
    weigh: ({ calls }) => (at) => Math.max(0, calls.took[at]),
  },
  bytes: {
    name: "bytes",
    label: bytes,
    say: bytes,
    weigh: ({ calls }) => (at) => Math.max(0, calls.printed[at]),
  },
};

export const measureNames = Object.keys(MEASURES);

/** The period that the charts show. */
export function period(model, chosen, filter) {
  const { time: at } = model.calls;
  const first = chosen.length === 0 ? Date.now() : at[chosen[0]];
  const last = chosen.length === 0 ? first : at[chosen[chosen.length - 1]];
  return [
    Number.isFinite(filter.from) ? filter.from : first,
    Math.max(Number.isFinite(filter.to) ? filter.to : last, first + 1000),
  ];
}

/** The lanes with the most calls, of runs the newest; the rest share one. */
function lanes(model, chosen, by) {
  const column = model.calls[by];
  const found = new Map();
  for (const at of chosen) {
    const lane = found.get(column[at]) ?? { key: column[at], calls: 0, counts: ENDINGS.map(() => 0), last: 0 };
    lane.calls++;
    lane.counts[model.calls.ending[at]]++;
    lane.last = at;
    found.set(column[at], lane);
  }
  const sorted = [...found.values()].sort((a, b) => (by === "run" ? b.last - a.last : b.calls - a.calls));
  const kept = sorted.slice(0, sorted.length > MOST_LANES ? MOST_LANES - 1 : MOST_LANES);
  const rest = sorted.slice(kept.length);
  kept.forEach((lane) => {
    lane.name = nameOf(model, by, lane.key);
  });
  if (rest.length > 0) {
    kept.push({
      name: counted(rest.length, "other " + by, "other " + (by === "sandbox" ? "sandboxes" : by + "s")),
      calls: rest.reduce((sum, lane) => sum + lane.calls, 0),
      counts: ENDINGS.map((_, ending) => rest.reduce((sum, lane) => sum + lane.counts[ending], 0)),
    });
  }
  return { kept, number: new Map(kept.map((lane, at) => [lane.key, at])) };
}

function nameOf(model, by, key) {
  if (by !== "run") {
    return model.words[key] || "(none)";
  }
  const run = model.runWith(key);
  return "run " + (model.words[key] || "(none)") + (run < 0 ? "" : " of " + model.run("agent", run));
}

const said = (lane) =>
  [counted(lane.calls, "call"), ...ENDINGS.slice(0, WELL)
    .map((ending, at) => (lane.counts[at] > 0 ? counted(lane.counts[at], ending.name, ending.name) : ""))
    .filter((text) => text !== "")].join(", ");

/** Draws all of it, and returns the charts. */
export function drawTimeLine(frame, model, chosen, filter, view, choose) {
  frame.replaceChildren();
  if (chosen.length === 0) {
    frame.append(element("p", { class: "empty" }, "No calls match the filters."));
    return [];
  }
  const [from, to] = period(model, chosen, filter);
  const spans = steps(from, to, Math.max(24, Math.min(160, Math.floor(frame.clientWidth / 9))));
  const measure = MEASURES[view.measure];
  const { kept, number } = lanes(model, chosen, view.lanes);
  const column = model.calls[view.lanes];
  const laneOf = (at) => number.get(column[at]) ?? kept.length - 1;
  const table = sums(model, chosen, spans, kept.length, laneOf, measure.weigh(model));
  const height = kept.length === 1 ? 180 : kept.length < 4 ? 110 : 70;
  const charts = kept.map((lane, at) => {
    const isLast = at === kept.length - 1;
    const plot = element("div", { class: "plot", role: "img", "aria-label": lane.name + ": " + said(lane) +
      ", from " + time(from) + " to " + time(to) + " UTC" });
    frame.append(
      element("div", { class: "lane" },
        element("h3", {}, element("bdi", {}, lane.name), element("span", { class: "said" }, said(lane))),
        plot),
    );
    return overTime(plot, spans, table[at],
      { height: isLast ? height + 42 : height, withTimes: isLast, label: measure.label, whole: measure.whole },
      choose);
  });
  const all = sums(model, chosen, spans, 1, () => 0, measure.weigh(model))[0];
  frame.append(numbers("From (UTC)", spans.starts.map(time), all, measure.say));
  return charts;
}
