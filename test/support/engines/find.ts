/** Which engines this machine has, and how each is opened. */
import { spawnSync } from "node:child_process";
import { UsageError } from "../../../scripts/cli.ts";
import { npmChromium } from "./install.ts";
import { openChromium, openFirefox, openHeadedChromium } from "./playwright.ts";
import type { Engine, EngineName } from "./types.ts";
import { openWebKit } from "./webdriver.ts";

export const ALL_ENGINES: readonly EngineName[] = ["chromium", "firefox", "webkit", "chromium-headed"];

/**
 * The engines that `ENGINES` names, with commas: by default the first that this machine has, and every one for `all`. Throws
 * UsageError for an unknown name.
 */
export function wantedEngines(all = false): EngineName[] {
  const first = ALL_ENGINES.find((name) => findEngine(name)) ?? "chromium";
  const list = process.env.ENGINES || (all ? "all" : first);
  if (list === "all") return [...ALL_ENGINES];
  return list.split(",").map((text) => {
    const name = text.trim() as EngineName;
    if (!ALL_ENGINES.includes(name))
      throw new UsageError(`ENGINES: "${name}" is no engine; there are ${ALL_ENGINES.join(", ")}, or all`);
    return name;
  });
}

export interface FoundEngine {
  name: EngineName;
  /** The npm registry's Chromium: it blocks no popup, and what its popups ask for cannot be answered by a test. */
  makeshift?: true;
  open(): Promise<Engine>;
}

/** The first of `names` that can be run: a path, or a command in PATH. They are a shell's words. */
function program(...names: string[]): string | undefined {
  const look = `for name in ${names.join(" ")}; do command -v "$name" && exit; done`;
  return spawnSync("/bin/sh", ["-c", look], { encoding: "utf8" }).stdout.trim() || undefined;
}

/** `CHROMIUM` and `FIREFOX` name a browser that is somewhere else. */
export const chromiumProgram = (): string | undefined =>
  program(
    '"$CHROMIUM" chromium chromium-browser google-chrome google-chrome-stable',
    '"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"',
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
  );
const firefoxProgram = () =>
  program('"$FIREFOX" firefox-esr firefox /Applications/Firefox.app/Contents/MacOS/firefox');

/** The engine, when everything it needs is on this machine. Starts nothing. */
export function findEngine(name: EngineName): FoundEngine | undefined {
  switch (name) {
    case "chromium": {
      const chromium = chromiumProgram();
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
      // Debian keeps it beside the library, in a folder named after the processor and the library's version.
      const miniBrowser = program("/usr/lib/*/webkit2gtk-4.*/MiniBrowser /usr/lib/*/webkitgtk-*/MiniBrowser");
      return driver && miniBrowser && program("Xvfb")
        ? { name, open: () => openWebKit(driver, miniBrowser) }
        : undefined;
    }
    case "chromium-headed": {
      const chromium = chromiumProgram();
      return chromium && program("Xvfb") ? { name, open: () => openHeadedChromium(chromium) } : undefined;
    }
  }
}
