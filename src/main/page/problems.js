// What did not go well, first of all: the worst ends first, and the same end of the same thing on the
// same host is one line.

import { ENDINGS, PAUSED, WELL } from "./data.js";
import { element, mark } from "./dom.js";
import { groupOf } from "./filter.js";
import { count, counted, time } from "./text.js";

const MOST_LINES = 3;
const MOST_OF_ALL = 100;
const MOST_RUNS = 5;

function groups(model, chosen) {
  const found = new Map();
  for (const at of chosen) {
    if (model.calls.ending[at] !== WELL) {
      const key = groupOf(model, at);
      const group = found.get(key) ?? { key, calls: 0, last: at };
      group.calls++;
      group.last = at;
      found.set(key, group);
    }
  }
  return [...found.values()].sort(
    (a, b) => model.calls.ending[a.last] - model.calls.ending[b.last] || b.calls - a.calls || b.last - a.last,
  );
}

function line(model, group, choose) {
  const at = group.last;
  const ending = ENDINGS[model.calls.ending[at]];
  const what = model.call("what", at);
  const program = model.call("program", at);
  return element("tr", {},
    element("td", { class: "ending" }, mark(ending), " " + model.call("ended", at)),
    element("td", {}, element("bdi", {}, what),
      ...(program !== "" && program !== what ? [" ", element("bdi", { class: "soft" }, program)] : [])),
    element("td", {}, element("bdi", {}, model.place(at))),
    element("td", { class: "number" }, count(group.calls)),
    element("td", { class: "when" }, time(model.calls.time[at])),
    element("td", {}, element("button", { type: "button", onclick: () => choose(group),
      "aria-label": "Show " + counted(group.calls, "call") + ": " + what + ", " + model.call("ended", at) },
    "Show")));
}

/** Fills the section; `on` has what a click on a group, an ending or a run does. */
export function drawProblems(frame, model, chosen, on) {
  const found = groups(model, chosen);
  frame.replaceChildren();
  if (found.length === 0) {
    frame.append(element("p", { class: "empty" }, chosen.length === 0
      ? "No calls are shown."
      : "Nothing: all " + counted(chosen.length, "call") + " ended well."));
  } else {
    frame.append(element("div", { class: "scroll" }, element("table", { class: "problems" },
      element("thead", {}, element("tr", {},
        ...["How it ended", "What", "Host", "Calls", "Last (UTC)"].map((title) =>
          element("th", { scope: "col" }, title)), element("td", {}))),
      ...ENDINGS.slice(0, WELL).flatMap((_, ending) => linesOf(model, ending,
        found.filter((group) => model.calls.ending[group.last] === ending), on)))));
  }
  frame.append(...runsWithoutAnAnswer(model, on.run));
}

function linesOf(model, ending, groups, on) {
  if (groups.length === 0) {
    return [];
  }
  const body = element("tbody", {}, ...groups.slice(0, MOST_LINES).map((group) => line(model, group, on.group)));
  const rest = groups.slice(MOST_LINES);
  if (rest.length > 0) {
    const calls = rest.reduce((sum, group) => sum + group.calls, 0);
    const name = ENDINGS[ending].name;
    const more = element("button", { type: "button", class: "link", onclick: () => {
      body.lastChild.remove();
      body.append(...rest.slice(0, MOST_OF_ALL).map((group) => line(model, group, on.group)));
      body.rows[MOST_LINES].querySelector("button").focus();
    } }, "show " + counted(Math.min(rest.length, MOST_OF_ALL), "more line"));
    const all = element("button", { type: "button", class: "link", onclick: () => on.ending(ending) },
      "show all calls: " + name);
    body.append(element("tr", { class: "more" }, element("td", { colspan: "6" }, mark(ENDINGS[ending]),
      " " + counted(calls, "more call") + ": ", more, ", ", all)));
  }
  return [body];
}

function runsWithoutAnAnswer(model, open) {
  const failed = [];
  for (let at = model.runCount - 1; at >= 0; at--) {
    if (model.runs.agentic[at] === 1 && ![WELL, PAUSED].includes(model.runs.ending[at])) {
      failed.push(at);
    }
  }
  if (failed.length === 0) {
    return [];
  }
  const rest = failed.length - MOST_RUNS;
  return [
    element("h3", {}, counted(failed.length, "run") + " of agents without an answer"),
    element("ul", { class: "failed-runs" }, ...failed.slice(0, MOST_RUNS).map((at) =>
      element("li", {}, mark(ENDINGS[model.runs.ending[at]]), " ",
        element("button", { type: "button", class: "link", onclick: () => open(at) }, "run " + model.run("id", at)),
        " of ", element("bdi", {}, model.run("agent", at)), ", " + time(model.runs.time[at]) + ": ",
        element("bdi", {}, model.run("ended", at)))),
      ...(rest > 0 ? [element("li", { class: "soft" }, counted(rest, "earlier run") + ", in the table of runs")] : [])),
  ];
}
