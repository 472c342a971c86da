// All that the page has of one run, or of one call.

import { ENDINGS_OF_RUNS } from "./data.js";
import { byId, element, mark } from "./dom.js";
import { bytes, clock, count, duration, exactTime } from "./text.js";

function facts(list, pairs) {
  list.replaceChildren();
  for (const [name, value] of pairs) {
    if (value !== "" && value !== undefined) {
      list.append(element("div", {}, element("dt", {}, name),
        element("dd", {}, value instanceof Node ? value : element("bdi", {}, value))));
    }
  }
}

const ended = (ending, text) => element("span", {}, mark(ENDINGS_OF_RUNS[ending]), " " + text);

const MOST_ENTRIES = 500;

export function tellRun(model, at, calls, open) {
  const { runs } = model;
  byId("story-title").replaceChildren("Run " + model.run("id", at) + " of ", element("bdi", {}, model.run("agent", at)));
  facts(byId("facts"), [
    ["Began", exactTime(runs.time[at])],
    ["Ended", ended(runs.ending[at], model.run("ended", at))],
    ["Took", duration(runs.took[at])],
    ["Asked by", model.run("by", at)],
    ["Where", model.run("host", at)],
    ["Model", model.run("model", at)],
    ["Tokens", runs.tokensIn[at] + runs.tokensOut[at] === 0
      ? "" : count(runs.tokensIn[at]) + " in, " + count(runs.tokensOut[at]) + " out"],
    ["Cost", model.run("cost", at)],
    ["Calls", count(runs.calls[at]) + ", " + count(runs.bad[at]) + " not well" +
      (calls.length < runs.calls[at] ? "; " + count(calls.length) + " of them are on this page" : "")],
  ]);
  const entries = [...saidIn(model.run("story", at)), ...calls.map((call) => ({ time: model.calls.time[call], call }))];
  entries.sort((a, b) => a.time - b.time);
  const rest = entries.length - MOST_ENTRIES;
  byId("told").replaceChildren(
    element("ol", { class: "entries" }, ...entries.slice(0, MOST_ENTRIES).map((entry) =>
      element("li", {}, element("span", { class: "when" }, clock(entry.time)), ...shown(model, entry, open)))),
    ...(rest > 0 ? [element("p", { class: "soft" }, count(rest) + " more are in the table of calls.")] : []),
  );
}

const [NEXT_ENTRY, NEXT_PART] = [30, 31].map((control) => String.fromCharCode(control));

/** Each entry is its time, its kind and its text, between characters that no shown text has. */
function saidIn(story) {
  return story === "" ? [] : story.split(NEXT_ENTRY).map((entry) => {
    const [time, kind, text] = entry.split(NEXT_PART);
    return { time: Number(time), kind, text };
  });
}

function shown(model, entry, open) {
  if (entry.call === undefined) {
    return [element("span", { class: "kind" }, entry.kind), element("pre", { class: "said-text", dir: "auto" }, entry.text)];
  }
  const { call } = entry;
  return [
    element("span", { class: "kind" }, "call"),
    element("span", {},
      element("button", { type: "button", class: "link", onclick: () => open(call) },
        element("bdi", {}, model.call("what", call))),
      ...(model.call("sandbox", call) === "" ? [] : [" in ", element("bdi", {}, model.call("sandbox", call))]),
      " ", element("bdi", { class: "soft" }, brief(model.call("arguments", call)) || model.call("program", call)), " ",
      element("span", { class: "nowrap" }, ended(model.calls.ending[call], model.call("ended", call)),
        " · " + duration(model.calls.took[call]))),
  ];
}

const preformatted = (text) => (text === "" ? "" : element("pre", { class: "told", tabindex: "0", dir: "auto" }, text));

/** The values of arguments in a line; all of it where it is no JSON, as where it was cut. */
export function brief(json) {
  try {
    return Object.values(JSON.parse(json)).map((value) => (typeof value === "string" ? value : JSON.stringify(value))).join("  ");
  } catch {
    return json;
  }
}

const pretty = (json) => {
  try {
    return JSON.stringify(JSON.parse(json), null, 2).replace(/\\n/g, "\n    ");
  } catch {
    return json;
  }
};

export function tellCall(model, at) {
  const { calls } = model;
  byId("call-title").replaceChildren(element("bdi", {}, model.call("what", at)), " on ",
    element("bdi", {}, model.place(at)));
  facts(byId("call-facts"), [
    ["Ended", ended(calls.ending[at], model.call("ended", at))],
    ["Began", exactTime(calls.time[at])],
    ["Took", duration(calls.took[at])],
    ["Program", model.call("program", at)],
    ["Arguments", preformatted(pretty(model.call("arguments", at)))],
    ["Printed", bytes(calls.printed[at])],
    ["Its output", preformatted(model.call("output", at))],
    ["Sandbox", model.call("sandbox", at)],
    ["Agent", model.call("agent", at)],
    ["Asked by", model.call("by", at)],
    ["Run", model.call("run", at)],
    ...model.call("more", at).split("\n").map((line) => line.split("\t")),
  ]);
  byId("story-of-call").hidden = model.runWith(calls.run[at]) < 0;
}

