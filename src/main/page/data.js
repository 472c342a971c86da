// What the page is made of: columns, gzipped, in base 64 (see ReportData.java).

/** How a call can end, in the order of how much it needs a look. */
export const ENDINGS = [
  { key: "lost", name: "lost", sign: "?" },
  { key: "timed-out", name: "timed out", sign: "◷" },
  { key: "failed", name: "failed", sign: "✕" },
  { key: "refused", name: "refused", sign: "⊘" },
  { key: "not-started", name: "not started", sign: "∅" },
  { key: "cancelled", name: "cancelled", sign: "■" },
  { key: "ok", name: "ended well", sign: "✓" },
];

export const WELL = ENDINGS.length - 1;

/** A run can also wait for a person. */
export const ENDINGS_OF_RUNS = [...ENDINGS, { key: "paused", name: "paused", sign: "‖" }];

export const PAUSED = ENDINGS.length;

export async function read(base64) {
  const raw = atob(base64);
  const packed = new Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at++) {
    packed[at] = raw.charCodeAt(at);
  }
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return model(await new Response(unpacked).json());
}

const COLUMNS_OF_CALLS = ["time", "ending", "ended", "host", "sandbox", "agent", "by", "run", "what", "program", "arguments",
  "output", "more", "took", "printed"];
const COLUMNS_OF_RUNS = ["id", "time", "took", "ending", "ended", "agent", "by", "host", "model", "prompt", "story",
  "cost", "tokensIn", "tokensOut", "calls", "bad", "agentic"];

const numbersOf = (columns, names) =>
  Object.fromEntries(names.map((name) => [name, Float64Array.from(columns[name] ?? [])]));

function model(page) {
  const { words } = page;
  const columns = numbersOf(page.calls, COLUMNS_OF_CALLS);
  const columnsOfRuns = numbersOf(page.runs, COLUMNS_OF_RUNS);
  const times = columns.time;
  for (let at = 1; at < times.length; at++) {
    times[at] += times[at - 1];
  }
  return {
    about: page.about,
    words,
    calls: columns,
    callCount: times.length,
    runs: columnsOfRuns,
    runCount: columnsOfRuns.id.length,
    runWith: runsById(words, columnsOfRuns.id),
    rank: ranks(words),
    call: (name, index) => words[columns[name][index]],
    place: (index) => placeOf(words[columns.sandbox[index]], words[columns.host[index]]),
    hasSandboxes: columns.sandbox.some((word) => words[word] !== ""),
    run: (name, index) => words[columnsOfRuns[name][index]],
  };
}

/** Where a call was made: of several sandboxes of a role with the name. */
const placeOf = (sandbox, host) => (sandbox === "" ? host : sandbox + " (" + host + ")");

/** The run whose id a word is, or -1: of the oldest runs only the calls are on the page. */
function runsById(words, ids) {
  const found = new Int32Array(words.length).fill(-1);
  ids.forEach((word, at) => {
    found[word] = at;
  });
  return (word) => found[word];
}

/** The place of a word among all words, for sorting. */
function ranks(words) {
  let places = null;
  return (word) => {
    if (places === null) {
      const folded = words.map((each) => each.toLowerCase());
      const order = words.map((_, at) => at).sort((a, b) => (folded[a] < folded[b] ? -1 : 1));
      places = new Int32Array(words.length);
      order.forEach((each, place) => {
        places[each] = place;
      });
    }
    return places[word];
  };
}
