// Elements are made with text only: no text from outside is ever read as markup.

export const byId = (id) => document.getElementById(id);

/** An element with its attributes and its children: elements, or texts. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "class") {
      made.className = value;
    } else if (key.startsWith("on")) {
      made.addEventListener(key.slice(2), value);
    } else if (key.startsWith("aria-")) {
      made.setAttribute(key, String(value));
    } else if (value === true) {
      made.setAttribute(key, "");
    } else if (value !== false && value !== undefined) {
      made.setAttribute(key, value);
    }
  }
  made.append(...children);
  return made;
}

/** The colour and the sign of an ending, for eyes only: its name stands beside it. */
export const mark = (ending) =>
  element("span", { class: "mark " + ending.key, "aria-hidden": "true" }, ending.sign);
