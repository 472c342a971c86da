// Looks at pages of `initrunner report` in a real Chromium: one step a line, as JSON; each is
// answered with one line. The page may ask for nothing but its own file.

import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const browser = await chromium.launch({
  executablePath: process.argv[2],
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

// A person in another zone, whose clock says AM and PM, sees UTC all the same.
const page = await browser.newPage({ timezoneId: "America/New_York", locale: "en-US" });
const said = [];
const requested = [];
page.on("console", (message) => said.push(message.type() + ": " + message.text()));
page.on("pageerror", (error) => said.push("error: " + error.message));
page.on("dialog", (dialog) => said.push("dialog: " + dialog.message()));
page.on("request", (request) => requested.push(request.url()));

const steps = {
  async open({ file, width = 1280, height = 900, scheme = "light" }) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme });
    said.length = requested.length = 0;
    await page.goto("file://" + file);
    await page.waitForSelector("html[data-ready]");
    return true;
  },
  // What the page logged, and what it asked for beside itself.
  seen: async () => ({ said, requested: requested.slice(1) }),
  evaluate: async ({ code }) => page.evaluate(code),
  click: async ({ at }) => page.locator(at).first().click().then(() => true),
  type: async ({ at, text }) => page.locator(at).fill(text).then(() => true),
  choose: async ({ at, label }) => page.locator(at).selectOption({ label }).then(() => true),
  async press({ keys }) {
    for (const key of keys) {
      await page.keyboard.press(key);
    }
    return true;
  },
  async drag({ at, from, to }) {
    await page.locator(at).first().scrollIntoViewIfNeeded();
    const box = await page.locator(at).first().boundingBox();
    await page.mouse.move(box.x + box.width * from, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * to, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    return true;
  },
  // Waits until an expression is true. The page's policy lets it evaluate no text by itself.
  async until({ code }) {
    for (let left = 600; left > 0; left--) {
      if (await page.evaluate(code)) {
        return true;
      }
      await new Promise((wake) => setTimeout(wake, 50));
    }
    throw new Error("never true: " + code);
  },
  snapshot: async () => page.locator("body").ariaSnapshot(),
  picture: async ({ file, all = true }) => page.screenshot({ path: file, fullPage: all }).then(() => true),
  paper: async ({ file }) => page.pdf({ path: file, format: "A4" }).then(() => true),
};

console.log(JSON.stringify({ version: browser.version() }));
for await (const line of createInterface({ input: process.stdin })) {
  const step = JSON.parse(line);
  try {
    console.log(JSON.stringify({ value: (await steps[step.do](step)) ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ failed: String(error) }));
  }
}
await browser.close();
