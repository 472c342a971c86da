// Stacked bars, drawn by uPlot. Each has a sentence and a table of numbers that say the same.

import uPlot from "uplot";
import { ENDINGS, WELL } from "./data.js";
import { element } from "./dom.js";
import { clock, count, day } from "./text.js";

const DAY = 86_400_000;
const AXIS = 58;

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const highestOf = (table) =>
  table[0].reduce((most, _, at) => Math.max(most, table.reduce((sum, values) => sum + values[at], 0)), 0);

/**
 * What needs a look stands at the bottom of a bar, on the axis.
 *
 * @param least a layer that is there is at least so high, so that one lost call among thousands is seen
 */
function stacked(table, least) {
  const layers = [];
  let below = new Float64Array(table[0].length);
  table.forEach((values, ending) => {
    const floor = ending === WELL ? 0 : least;
    below = values.map((value, at) => below[at] + (value > 0 ? Math.max(value, floor) : 0));
    layers.push(below);
  });
  return layers;
}

function draw(frame, height, xs, table, axes, more) {
  const highest = highestOf(table) || 1;
  const layers = stacked(table, (highest * 1.2) / height);
  const line = css("--line");
  const ink = css("--soft");
  const font = "12px " + css("--font");
  // The highest layer is drawn first, and those below it over it.
  const order = ENDINGS.map((_, at) => at).reverse();
  const chart = new uPlot(
    {
      width: frame.clientWidth,
      height,
      legend: { show: false },
      padding: [8, 34, axes.x.show === false ? 8 : 0, 0],
      ...more,
      scales: { x: more.x, y: { range: [0, Math.max(highest, ...layers.at(-1)) * 1.04] } },
      axes: [
        { stroke: ink, font, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 }, ...axes.x },
        {
          stroke: ink,
          font,
          size: AXIS,
          grid: { stroke: line, width: 1 },
          ticks: { show: false },
          space: 20,
          ...axes.y,
        },
      ],
      series: [
        {},
        ...order.map((at) => ({
          fill: css("--" + ENDINGS[at].key),
          width: 0,
          points: { show: false },
          paths: uPlot.paths.bars({ size: [0.86, 60], align: more.align ?? 1 }),
        })),
      ],
    },
    [xs, ...order.map((at) => Array.from(layers[at], (value, x) => (table[at][x] === 0 ? null : value)))],
    frame,
  );
  // What the canvas says is said beside it.
  chart.root.setAttribute("aria-hidden", "true");
  return chart;
}

/** A word for each tick. Below the first one, and where the day or the year changes, is which. */
function timeLabels(chart, ticks, _axis, _space, step) {
  const [word, below] = step >= DAY
    ? [(tick) => day(tick).slice(5), (tick) => day(tick).slice(0, 4)]
    : [(tick) => clock(tick).slice(0, step >= 60_000 ? 5 : 8), day];
  return ticks.map((tick, at) => {
    const isChange = at > 0 && below(tick) !== below(ticks[at - 1]);
    // The first has no room for it beside a change.
    const isFirst = at === 0 && (ticks.length < 2 || below(tick) === below(ticks[1]));
    return isChange || isFirst ? word(tick) + "\n" + below(tick) : word(tick);
  });
}

/** Bars over time; dragging calls `choose` with a period. */
export function overTime(frame, spans, table, shape, choose) {
  const end = spans.first + spans.size * spans.step;
  return draw(frame, shape.height, spans.starts, table, {
    x: {
      show: shape.withTimes,
      space: (_chart, _axis, from, to) => (to - from < 600_000 ? 70 : 52),
      size: 42,
      incrs: uPlotSteps,
      values: timeLabels,
    },
    y: { values: (_, ticks) => ticks.map(shape.label), incrs: shape.whole ? WHOLE : undefined },
  }, {
    ms: 1,
    tzDate: (ms) => uPlot.tzDate(new Date(ms), "Etc/UTC"),
    x: { time: true, range: [spans.first, end] },
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false },
      sync: { key: "time" },
    },
    hooks: {
      setSelect: [
        (chart) => {
          if (chart.select.width > 3) {
            choose(
              chart.posToVal(chart.select.left, "x"),
              chart.posToVal(chart.select.left + chart.select.width, "x"),
            );
          }
        },
      ],
    },
  });
}

const WHOLE = [1, 2, 5].flatMap((digit) => Array.from({ length: 10 }, (_, power) => digit * 10 ** power))
  .sort((a, b) => a - b);

const uPlotSteps = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1000),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60_000),
  ...[1, 2, 3, 6, 12].map((hours) => hours * 3_600_000),
  ...[1, 2, 7, 14, 28, 91, 182, 364].map((days) => days * DAY),
];

/** Bars of classes of size, which have names. */
export function overClasses(frame, names, table, height) {
  const xs = names.map((_, at) => at);
  return draw(frame, height, xs, table, {
    x: {
      space: 46,
      size: 30,
      grid: { show: false },
      incrs: [1, 2, 3, 4, 6],
      values: (_, ticks) => ticks.map((tick) => names[tick] ?? ""),
    },
    y: { values: (_, ticks) => ticks.map(count), incrs: WHOLE },
  }, {
    align: 0,
    x: { time: false, range: [-0.6, names.length - 0.4] },
    cursor: { show: false },
  });
}

/** The numbers of a chart, folded; made when a person opens them. */
export function numbers(head, rows, table, label) {
  const used = ENDINGS.map((_, at) => at).filter((at) => table[at].some((value) => value > 0));
  const details = element("details", { class: "numbers" }, element("summary", {}, "The numbers"));
  details.addEventListener(
    "toggle",
    () => {
      const body = rows.map((name, row) => [name, row])
        .filter(([, row]) => used.some((at) => table[at][row] > 0))
        .map(([name, row]) =>
          element("tr", {}, element("th", { scope: "row" }, name),
            ...used.map((at) => element("td", {}, label(table[at][row])))));
      details.append(
        element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "The numbers, " + head },
          element("table", {},
            element("thead", {}, element("tr", {}, element("th", { scope: "col" }, head),
              ...used.map((at) => element("th", { scope: "col" }, ENDINGS[at].name)))),
            element("tbody", {}, ...body))),
      );
    },
    { once: true },
  );
  return details;
}
