// A table of any number of rows, of which only those in sight are elements. All of its rows are one
// stop of the Tab key; arrow keys move within them.

import { element } from "./dom.js";
import { counted } from "./text.js";

const OUT_OF_SIGHT = 6;
const PRINTED = 200;

export class Grid {
  /**
   * @param name of the table, also the beginning of its rows' ids
   * @param columns { key, title, cell(index) → text or node, order(index) → number,
   *   class, ascending: whether the first sort is }
   * @param rows { one, many, none: what a row is called; open(index): called by Enter or a click }
   */
  constructor(name, columns, rows) {
    this.name = name;
    this.columns = columns;
    this.rows = rows;
    this.indices = new Int32Array(0);
    this.active = 0;
    this.sorted = { key: columns[0].key, ascending: columns[0].ascending ?? false };
    this.heads = columns.map((column) => this.#head(column));
    this.body = element("div", { class: "body", role: "rowgroup" });
    this.grid = element(
      "div",
      {
        class: "grid " + name,
        id: name + "-grid",
        role: "grid",
        tabindex: "0",
        "aria-labelledby": name + "-title",
        "aria-colcount": columns.length,
        onscroll: () => this.#drawSoon(),
        onkeydown: (event) => this.#key(event),
        onfocus: () => this.#draw(),
        onblur: () => this.#draw(),
      },
      element(
        "div",
        { class: "heads", role: "rowgroup" },
        element("div", { class: "row", role: "row", "aria-rowindex": 1 }, ...this.heads),
      ),
      this.body,
    );
    this.empty = element("p", { class: "empty", hidden: true }, rows.none);
    this.cut = element("p", { class: "print-only" });
    this.element = element("div", { class: "grid-frame" }, this.grid, this.empty, this.cut);
    new ResizeObserver(() => this.#drawSoon()).observe(this.grid);
    addEventListener("beforeprint", () => this.#print(true));
    addEventListener("afterprint", () => this.#print(false));
  }

  /** Shows these rows, sorted, from the top. */
  show(indices, sorted = this.sorted) {
    this.indices = Int32Array.from(indices);
    this.sorted = sorted;
    this.active = 0;
    this.#sort();
    this.grid.scrollTop = 0;
    this.#draw();
  }

  /** The index of the row beside the one that was opened last, or -1. */
  step(by) {
    const next = this.active + by;
    if (next < 0 || next >= this.indices.length) {
      return -1;
    }
    this.#activate(next);
    return this.indices[next];
  }

  /** Makes the row of this index the active one, if it is shown. */
  find(index) {
    const at = this.indices.indexOf(index);
    if (at >= 0) {
      this.#activate(at);
    }
  }

  #head(column) {
    return element(
      "div",
      { role: "columnheader", class: "cell " + (column.class ?? ""), "data-key": column.key },
      element(
        "button",
        { type: "button", onclick: () => this.#sortBy(column) },
        column.title,
      ),
    );
  }

  #sortBy(column) {
    const again = this.sorted.key === column.key;
    const ascending = again ? !this.sorted.ascending : (column.ascending ?? false);
    this.show(this.indices, { key: column.key, ascending });
  }

  #sort() {
    const column = this.columns.find((each) => each.key === this.sorted.key);
    const sign = this.sorted.ascending ? 1 : -1;
    const keys = new Float64Array(this.indices.reduce((most, index) => Math.max(most, index + 1), 0));
    for (const index of this.indices) {
      keys[index] = column.order(index);
    }
    // What is equal stays newest first.
    this.indices.sort((a, b) => sign * (keys[a] - keys[b]) || b - a);
    this.heads.forEach((head, at) => {
      const isSorted = this.columns[at].key === this.sorted.key;
      head.setAttribute("aria-sort", isSorted ? (this.sorted.ascending ? "ascending" : "descending") : "none");
    });
  }

  /** How high a row is, which the style sheet says. */
  #rowHeight() {
    return parseFloat(getComputedStyle(this.grid).getPropertyValue("--row")) || 34;
  }

  #drawSoon() {
    if (!this.waiting) {
      this.waiting = true;
      requestAnimationFrame(() => {
        this.waiting = false;
        this.#draw();
      });
    }
  }

  #draw() {
    const height = this.#rowHeight();
    const size = this.indices.length;
    const head = this.body.offsetTop;
    const first = this.printing ? 0 : Math.max(0, Math.floor(this.grid.scrollTop / height) - OUT_OF_SIGHT);
    const inSight = Math.ceil((this.grid.clientHeight - head) / height) + 2 * OUT_OF_SIGHT;
    const last = this.printing ? Math.min(size, PRINTED) : Math.min(size, first + inSight);
    this.grid.hidden = size === 0;
    this.empty.hidden = size > 0;
    this.grid.setAttribute("aria-rowcount", size + 1);
    this.body.style.height = (this.printing ? last : size) * height + "px";
    while (this.body.children.length > last - first) {
      this.body.lastChild.remove();
    }
    for (let at = first; at < last; at++) {
      const row = this.body.children[at - first] ?? this.body.appendChild(this.#row());
      this.#fill(row, at, height);
    }
    this.#say();
  }

  #say() {
    if (this.indices.length > 0) {
      this.grid.setAttribute("aria-activedescendant", this.name + "-row-" + this.active);
    } else {
      this.grid.removeAttribute("aria-activedescendant");
    }
    const more = this.indices.length - PRINTED;
    this.cut.textContent =
      more > 0
        ? "The first " + PRINTED + " " + this.rows.many + " are printed; " +
          counted(more, this.rows.one, this.rows.many) + " more are on the page."
        : "";
  }

  #row() {
    const row = element("div", { class: "row", role: "row" });
    for (const column of this.columns) {
      row.append(element("div", { class: "cell " + (column.class ?? ""), role: "gridcell" }));
    }
    row.addEventListener("click", () => {
      this.#activate(row.at);
      this.rows.open(this.indices[row.at]);
    });
    return row;
  }

  #fill(row, at, height) {
    const index = this.indices[at];
    row.style.transform = "translateY(" + at * height + "px)";
    row.id = this.name + "-row-" + at;
    row.setAttribute("aria-rowindex", at + 2);
    row.setAttribute("aria-selected", at === this.active);
    row.classList.toggle("odd", at % 2 === 1);
    row.at = at;
    if (row.index === index) {
      return;
    }
    row.index = index;
    this.columns.forEach((column, position) => {
      const cell = row.children[position];
      const shown = column.cell(index);
      cell.replaceChildren(shown);
      cell.title = column.whole ? cell.textContent : "";
    });
  }

  #activate(at) {
    this.active = at;
    const height = this.#rowHeight();
    const inSight = this.grid.clientHeight - this.body.offsetTop;
    const top = at * height;
    if (top < this.grid.scrollTop) {
      this.grid.scrollTop = top;
    } else if (top + height > this.grid.scrollTop + inSight) {
      this.grid.scrollTop = top + height - inSight;
    }
    this.#draw();
  }

  #key(event) {
    if (event.target !== this.grid || event.altKey || event.metaKey) {
      return;
    }
    const last = this.indices.length - 1;
    const page = Math.max(1, Math.floor(this.grid.clientHeight / this.#rowHeight()) - 2);
    const to = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active - 1,
      PageDown: this.active + page,
      PageUp: this.active - page,
      Home: 0,
      End: last,
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.#activate(Math.max(0, Math.min(last, to)));
    } else if ((event.key === "Enter" || event.key === " ") && last >= 0) {
      event.preventDefault();
      this.rows.open(this.indices[this.active]);
    }
  }

  #print(isPrinting) {
    this.printing = isPrinting;
    this.#draw();
  }
}
