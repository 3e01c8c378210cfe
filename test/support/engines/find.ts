/** Which engines this machine has, and how each is opened. */
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { npmChromium } from "./install.ts";
import { openChromium, openFirefox } from "./playwright.ts";
import type { Engine, EngineName } from "./types.ts";
import { openHeadedChromium, openWebKit } from "./webdriver.ts";

export const ALL_ENGINES: readonly EngineName[] = ["chromium", "firefox", "webkit", "chromium-headed"];

/** The engines of a list with commas; `all` is every one. Throws an Error, one sentence, for an unknown name. */
export function readEngineNames(list: string): EngineName[] {
  if (list === "all") return [...ALL_ENGINES];
  return list.split(",").map((text) => {
    const name = text.trim() as EngineName;
    if (!ALL_ENGINES.includes(name))
      throw new Error(`ENGINES: "${name}" is no engine; there are ${ALL_ENGINES.join(", ")}, or all`);
    return name;
  });
}

export interface FoundEngine {
  name: EngineName;
  /** The npm registry's Chromium: it blocks no popup, and what its popups ask for cannot be answered by a test. */
  makeshift?: true;
  open(): Promise<Engine>;
}

/** The first of `names` that can be run: a path, or a command in PATH. */
function program(...names: (string | undefined)[]): string | undefined {
  for (const name of names) {
    if (!name) continue;
    const folders = name.includes("/") ? [""] : (process.env.PATH ?? "").split(delimiter);
    for (const folder of folders) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not here.
      }
    }
  }
  return undefined;
}

/** `CHROMIUM` and `FIREFOX` name a browser that is somewhere else. */
export const chromiumProgram = (): string | undefined =>
  program(
    process.env.CHROMIUM,
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
  );
const firefoxProgram = () =>
  program(process.env.FIREFOX, "firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox");

/** Debian keeps MiniBrowser beside the library, in a folder named after the processor and the library's version. */
function miniBrowserProgram(): string | undefined {
  const root = "/usr/lib";
  const folders = existsSync(root) ? readdirSync(root) : [];
  return program(
    ...folders.flatMap((folder) =>
      ["webkit2gtk-4.1", "webkit2gtk-4.0", "webkitgtk-6.0"].map((api) =>
        join(root, folder, api, "MiniBrowser"),
      ),
    ),
  );
}

/** The engine, when everything it needs is on this machine. Starts nothing. */
export function findEngine(name: EngineName): FoundEngine | undefined {
  const chromium = chromiumProgram();
  switch (name) {
    case "chromium": {
      if (chromium) return { name, open: () => openChromium(chromium) };
      const fromNpm = npmChromium();
      return fromNpm && { name, makeshift: true, open: async () => openChromium(await fromNpm(), false) };
    }
    case "firefox": {
      const firefox = firefoxProgram();
      return firefox ? { name, open: () => openFirefox(firefox) } : undefined;
    }
    case "webkit": {
      const driver = program("WebKitWebDriver");
      const miniBrowser = miniBrowserProgram();
      return driver && miniBrowser && program("Xvfb")
        ? { name, open: () => openWebKit({ driver, miniBrowser }) }
        : undefined;
    }
    case "chromium-headed": {
      const driver = program("chromedriver");
      return driver && chromium && program("Xvfb")
        ? { name, open: () => openHeadedChromium(driver, chromium) }
        : undefined;
    }
  }
}
