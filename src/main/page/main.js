// The report's page: reads its data, and shows what the filters leave.

import "uplot/dist/uPlot.min.css";
import "./page.css";
import { spread } from "./bins.js";
import { numbers, overClasses } from "./charts.js";
import { ENDINGS, ENDINGS_OF_RUNS, WELL, read } from "./data.js";
import { byId, element, mark } from "./dom.js";
import { chooseCalls, chooseRuns, countEndings, everything } from "./filter.js";
import { Grid } from "./grid.js";
import { drawProblems } from "./problems.js";
import { brief, tellCall, tellRun } from "./story.js";
import * as text from "./text.js";
import { drawTimeLine, measureNames, period } from "./timeline.js";

const SHORTEST_PERIOD = 1000;
const LATE = 120;
const FILTERED = ["host", "sandbox", "agent", "what"];

let model;
let filter = everything();
let chosen;
let seenOfRuns;
let charts = [];
let grids;
let opened = -1;
const view = { lanes: "host", measure: "calls" };

// --- the tables -------------------------------------------------------------------------------

const bdi = (shown, className = "") => element("bdi", { class: className }, shown);

function gridOfCalls() {
  const { calls } = model;
  const byWord = (column) => ({ order: (at) => model.rank(calls[column][at]), ascending: true });
  return new Grid("calls", [
    { key: "time", title: "Time (UTC)", class: "when", cell: (at) => text.time(calls.time[at]), order: (at) => at },
    {
      key: "ending", title: "Ended", class: "ending", whole: true, ascending: true, order: (at) => calls.ending[at],
      cell: (at) => element("span", {}, mark(ENDINGS[calls.ending[at]]), " " + model.call("ended", at)),
    },
    { key: "host", title: "Host", class: "host", whole: true, cell: (at) => bdi(model.place(at)), ...byWord("host") },
    { key: "what", title: "What", class: "what", whole: true, cell: whatOf, ...byWord("what") },
    { key: "agent", title: "Agent", class: "agent", whole: true, cell: (at) => bdi(model.call("agent", at)), ...byWord("agent") },
    {
      key: "run", title: "Run", class: "run", whole: true, cell: (at) => model.call("run", at), ...byWord("run"),
    },
    { key: "took", title: "Took", class: "number took", cell: (at) => text.duration(calls.took[at]), order: (at) => calls.took[at] },
    {
      key: "printed", title: "Printed", class: "number printed", cell: (at) => text.bytes(calls.printed[at]),
      order: (at) => calls.printed[at],
    },
  ], { one: "call", many: "calls", none: "No calls match the filters.", open: openCall });
}

function whatOf(at) {
  const what = model.call("what", at);
  const program = model.call("program", at);
  const detail = brief(model.call("arguments", at)) || (program === what ? "" : program);
  return element("span", {}, bdi(what), " ", bdi(detail, "soft"));
}

function gridOfRuns() {
  const { runs } = model;
  const byWord = (column) => ({ order: (at) => model.rank(runs[column][at]), ascending: true });
  return new Grid("runs", [
    { key: "time", title: "Began (UTC)", class: "when", cell: (at) => text.time(runs.time[at]), order: (at) => at },
    {
      key: "ending", title: "Ended", class: "ending", whole: true, ascending: true,
      order: (at) => runs.ending[at],
      cell: (at) => element("span", {}, mark(ENDINGS_OF_RUNS[runs.ending[at]]), " " + model.run("ended", at)),
    },
    { key: "agent", title: "Agent", class: "agent", whole: true, cell: (at) => bdi(model.run("agent", at)), ...byWord("agent") },
    {
      key: "prompt", title: "Prompt", class: "what", whole: true, ...byWord("prompt"),
      cell: (at) => bdi(model.run("prompt", at) || "(" + model.run("by", at) + ")",
        model.run("prompt", at) === "" ? "soft" : ""),
    },
    { key: "id", title: "Run", class: "run", cell: (at) => model.run("id", at), ...byWord("id") },
    {
      key: "calls", title: "Calls", class: "number printed", order: (at) => runs.calls[at],
      cell: (at) => text.count(runs.calls[at]),
    },
    {
      key: "bad", title: "Not well", class: "number bad", order: (at) => runs.bad[at],
      cell: (at) => text.count(runs.bad[at]),
    },
    { key: "took", title: "Took", class: "number took", cell: (at) => text.duration(runs.took[at]), order: (at) => runs.took[at] },
  ], { one: "run", many: "runs", none: "No runs match the filters.", open: openRun });
}

/** What each run's calls say of it. */
function lookAtRuns() {
  const seen = Array.from({ length: model.runCount }, () => ({ calls: [], bad: 0 }));
  for (let at = 0; at < model.callCount; at++) {
    const run = seen[model.runWith(model.calls.run[at])];
    if (run !== undefined) {
      run.calls.push(at);
      run.bad += model.calls.ending[at] === WELL ? 0 : 1;
    }
  }
  return seen;
}

// --- what the filters leave -------------------------------------------------------------------

function update() {
  chosen = chooseCalls(model, filter);
  const ofAllRuns = { ...filter, run: -1 };
  const shownRuns = chooseRuns(model, ofAllRuns, filter.run < 0 ? chosen : chooseCalls(model, ofAllRuns));
  drawEndings();
  drawProblems(byId("problems"), model, chosen, { group: chooseGroup, ending: chooseEnding, run: openRun });
  drawCharts();
  grids.runs.show(shownRuns);
  grids.calls.show(chosen);
  say(shownRuns.length);
}

function say(runCount) {
  const parts = [
    text.count(chosen.length) + " of " + text.counted(model.callCount, "call") + " shown, " +
      text.count(runCount) + " of " + text.counted(model.runCount, "run"),
  ];
  if (filter.run >= 0) {
    parts.push("only calls of run " + model.words[filter.run]);
  }
  if (filter.group !== null) {
    parts.push("only " + filter.group.name);
  }
  byId("shown").textContent = parts.join("; ") + ".";
}

function drawEndings() {
  const counts = countEndings(model, chooseCalls(model, filter, "endings"));
  const total = counts.reduce((sum, each) => sum + each, 0);
  const focused = document.activeElement?.dataset?.ending;
  byId("endings").replaceChildren(...ENDINGS.map((ending, at) => {
    const bar = element("span", { class: "share", "aria-hidden": "true" }, element("span", { class: "fill " + ending.key }));
    bar.firstChild.style.width = (total === 0 ? 0 : (100 * counts[at]) / total) + "%";
    return element("button", {
      type: "button", "data-ending": at, "aria-pressed": filter.endings.has(at), onclick: () => toggleEnding(at),
    }, element("span", { class: "name" }, mark(ending), " " + ending.name),
    element("strong", {}, text.count(counts[at])), element("span", { class: "soft" }, text.percent(counts[at], total)), bar);
  }));
  if (focused !== undefined) {
    byId("endings").children[focused].focus();
  }
}

function toggleEnding(at) {
  if (!filter.endings.delete(at)) {
    filter.endings.add(at);
  }
  update();
}

function chooseEnding(at) {
  filter.endings = new Set([at]);
  update();
  goToCalls();
}

function goToCalls() {
  byId("calls").scrollIntoView();
  byId("calls-grid").focus({ preventScroll: true });
}

function chooseGroup(group) {
  filter = everything();
  const at = group.last;
  const where = model.place(at);
  filter.group = {
    key: group.key,
    name: model.call("what", at) + " on " + where + " that ended as: " + model.call("ended", at),
  };
  showFilter();
  leaveStory();
  update();
  goToCalls();
}

// --- charts -----------------------------------------------------------------------------------

const DURATIONS = [1, 10, 100, 1000, 10_000, 60_000, 600_000, 3_600_000];
const DURATION_NAMES = ["< 1 ms", "1 ms", "10 ms", "100 ms", "1 s", "10 s", "1 min", "10 min", "1 h"];
const SIZES = [1, 100, 1000, 10_000, 100_000, 1e6, 1e7, 1e8, 1e9];
const SIZE_NAMES = ["none", "1 B", "100 B", "1 kB", "10 kB", "100 kB", "1 MB", "10 MB", "100 MB", "1 GB"];

function drawCharts() {
  charts.forEach((chart) => chart.destroy());
  charts = drawTimeLine(byId("time-line"), model, chosen, filter, view, choosePeriod);
  byId("spread").replaceChildren();
  if (chosen.length === 0) {
    byId("spread").append(element("p", { class: "empty" }, "No calls match the filters."));
    return;
  }
  // A chart takes its width from its frame, so all frames are there first.
  const frames = [0, 1].map(() => byId("spread").appendChild(element("div", { class: "spread-chart" })));
  drawSpread(frames[0], "Time from a call to its end", model.calls.took, DURATIONS, DURATION_NAMES);
  drawSpread(frames[1], "Bytes that a call printed", model.calls.printed, SIZES, SIZE_NAMES);
}

function drawSpread(frame, title, values, bounds, names) {
  const table = spread(model, chosen, values, bounds);
  const total = names.map((_, at) => table.reduce((sum, counts) => sum + counts[at], 0));
  const most = total.indexOf(Math.max(...total));
  const plot = element("div", { class: "plot", role: "img", "aria-label":
    title + ": most calls (" + text.count(total[most]) + ") from " + names[most] });
  frame.append(
    element("h3", {}, title, element("span", { class: "said" }, "how many calls, by class")), plot,
    numbers("From", names, table, text.count));
  charts.push(overClasses(plot, names, table, 200));
}

function choosePeriod(from, to) {
  const middle = (from + to) / 2;
  const half = Math.max(SHORTEST_PERIOD, to - from) / 2;
  filter.from = Math.floor(middle - half);
  filter.to = Math.ceil(middle + half);
  showFilter();
  update();
}

function zoom(how) {
  if (how === "all") {
    filter.from = -Infinity;
    filter.to = Infinity;
    showFilter();
    update();
    return;
  }
  const [from, to] = period(model, chosen, filter);
  const part = (to - from) / 4;
  const moves = { earlier: [-2, -2], later: [2, 2], in: [1, -1], out: [-2, 2] };
  const [begin, end] = moves[how];
  choosePeriod(from + begin * part, to + end * part);
}

// --- runs and calls ---------------------------------------------------------------------------

function openRun(at) {
  tellRun(model, at, seenOfRuns[at].calls, openCallOfStory);
  byId("story").hidden = false;
  filter = { ...everything(), run: model.runs.id[at] };
  showFilter();
  grids.calls.show([], { key: "time", ascending: true });
  update();
  history.replaceState(null, "", "#run=" + encodeURIComponent(model.run("id", at)));
  byId("story").scrollIntoView();
  byId("story-title").focus({ preventScroll: true });
}

function openCallOfStory(at) {
  grids.calls.find(at);
  openCall(at);
}

function leaveStory() {
  byId("story").hidden = true;
  filter.run = -1;
  grids.calls.show([], { key: "time", ascending: false });
  history.replaceState(null, "", location.pathname);
}

function openCall(at) {
  if (at < 0) {
    return;
  }
  opened = at;
  tellCall(model, at);
  byId("previous").disabled = grids.calls.active === 0;
  byId("next").disabled = grids.calls.active === chosen.length - 1;
  if (!byId("call").open) {
    byId("call").showModal();
  }
}

// --- what a person does -----------------------------------------------------------------------

function fillSelect(id, column) {
  const used = [...new Set(model.calls[column])].map((word) => [model.words[word], word]);
  used.sort(([a], [b]) => (a < b ? -1 : 1));
  byId(id).replaceChildren(element("option", { value: "-1" }, "all"),
    ...used.map(([name, word]) => element("option", { value: word }, shortened(name || "(none)"))));
  byId(id).addEventListener("change", () => {
    filter[id] = Number(byId(id).value);
    update();
  });
}

const shortened = (name) => (name.length > 60 ? name.slice(0, 59) + "…" : name);

function showFilter() {
  byId("search").value = filter.search;
  for (const id of FILTERED) {
    byId(id).value = String(filter[id]);
  }
  byId("from").value = Number.isFinite(filter.from) ? text.time(filter.from) : "";
  byId("to").value = Number.isFinite(filter.to) ? text.time(filter.to) : "";
  ["from", "to"].forEach((id) => byId(id).setCustomValidity(""));
}

function readPeriod(id, otherwise) {
  const field = byId(id);
  const typed = field.value.trim() === "" ? otherwise : text.readTime(field.value);
  field.setCustomValidity(Number.isNaN(typed) ? "Write a time in UTC as 2026-01-31 08:30:00." : "");
  if (Number.isNaN(typed)) {
    field.reportValidity();
  } else {
    filter[id] = typed;
    update();
  }
}

function listen() {
  let waiting;
  byId("search").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      filter.search = byId("search").value;
      update();
    }, LATE);
  });
  byId("filter-form").addEventListener("submit", (event) => event.preventDefault());
  byId("from").addEventListener("change", () => readPeriod("from", -Infinity));
  byId("to").addEventListener("change", () => readPeriod("to", Infinity));
  byId("reset").addEventListener("click", () => {
    filter = everything();
    leaveStory();
    showFilter();
    update();
  });
  byId("leave").addEventListener("click", () => {
    leaveStory();
    update();
    byId("runs-grid").focus();
  });
  document.querySelectorAll("[data-zoom]").forEach((button) =>
    button.addEventListener("click", () => zoom(button.dataset.zoom)));
  byId("close").addEventListener("click", () => byId("call").close());
  byId("previous").addEventListener("click", () => openCall(grids.calls.step(-1)));
  byId("next").addEventListener("click", () => openCall(grids.calls.step(1)));
  byId("story-of-call").addEventListener("click", () => {
    byId("call").close();
    openRun(model.runWith(model.calls.run[opened]));
  });
  choices("lanes", { host: "host", ...(model.hasSandboxes ? { sandbox: "sandbox" } : {}), run: "run", agent: "agent" });
  choices("measure", Object.fromEntries(measureNames.map((name) => [name, name])));
}

function choices(id, names) {
  for (const [value, name] of Object.entries(names)) {
    byId(id).append(element("label", {}, element("input", {
      type: "radio", name: id, value, checked: view[id] === value,
      onchange: () => {
        view[id] = value;
        drawCharts();
      },
    }), name));
  }
}

// --- light and dark, screen and paper ---------------------------------------------------------

function watchLook() {
  const theme = byId("theme");
  theme.addEventListener("change", () => {
    look(theme.value);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawCharts);
  let width = document.documentElement.clientWidth;
  let waiting;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (width !== document.documentElement.clientWidth) {
        width = document.documentElement.clientWidth;
        drawCharts();
      }
    }, LATE);
  });
  addEventListener("beforeprint", () => look("light"));
  addEventListener("afterprint", () => look(theme.value));
}

function look(theme) {
  if (theme === "") {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = theme;
  }
  drawCharts();
}

// --- the beginning ----------------------------------------------------------------------------

function introduce() {
  const { about } = model;
  const times = [...(model.callCount > 0 ? [model.calls.time[0], model.calls.time[model.callCount - 1]] : []),
    ...model.runs.time].filter((time) => time > 0);
  const hosts = new Set(model.calls.host).size;
  const [first, last] = times.reduce(([low, high], at) => [Math.min(low, at), Math.max(high, at)], [Infinity, -Infinity]);
  byId("covers").textContent =
    text.counted(model.callCount, "call") + " on " + text.counted(hosts, "host") + " in " +
    text.counted(model.runCount, "run") +
    (times.length > 0 ? ", from " + text.time(first) + " to " + text.time(last) + " UTC" : "") +
    about.asked.map((part) => "; " + part).join("") + ".";
  byId("left-out").replaceChildren(...about.leftOut.map((line) => element("li", {}, line)));
  byId("left-out").hidden = about.leftOut.length === 0;
  byId("made").textContent = "Made " + text.time(about.made) + " UTC by initrunner " + about.version + " from " +
    about.source + ". All times are UTC.";
}

async function begin() {
  const data = byId("data");
  model = await read(data.textContent);
  data.remove();
  seenOfRuns = lookAtRuns();
  introduce();
  grids = { calls: gridOfCalls(), runs: gridOfRuns() };
  byId("call-list").append(grids.calls.element);
  byId("runs").append(grids.runs.element);
  byId("sandbox").parentElement.hidden = !model.hasSandboxes;
  for (const id of FILTERED) {
    fillSelect(id, id);
  }
  listen();
  watchLook();
  byId("main").hidden = false;
  const asked = /^#run=(.+)$/.exec(location.hash);
  const run = asked === null ? -1 : model.runs.id.findIndex((word) => model.words[word] === decodeURIComponent(asked[1]));
  if (run >= 0) {
    openRun(run);
  } else {
    update();
  }
  document.documentElement.dataset.ready = "";
}

begin().catch((failure) => {
  byId("covers").textContent = "This page cannot show its data here: " + failure.message +
    ". It needs a browser of 2023 or later.";
});
