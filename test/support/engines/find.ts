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

/** The first of these words of a shell that names a program: a path, or a command in PATH. */
export function program(words: string): string | undefined {
  const look = `for name in ${words}; do command -v "$name" && exit; done`;
  return spawnSync("/bin/sh", ["-c", look], { encoding: "utf8" }).stdout.trim() || undefined;
}

const MAC = "/Applications/*.app/Contents/MacOS";

/** `CHROMIUM` and `FIREFOX` name a browser that is somewhere else. */
export const chromiumProgram = (): string | undefined =>
  program(
    `"$CHROMIUM" chromium chromium-browser google-chrome google-chrome-stable ${MAC}/"Google Chrome" ${MAC}/Chromium`,
  );

/** The engine, when everything it needs is on this machine. Starts nothing. */
export function findEngine(name: EngineName): FoundEngine | undefined {
  if (name === "firefox") {
    const firefox = program(`"$FIREFOX" firefox-esr firefox ${MAC}/firefox`);
    return firefox ? { name, open: () => openFirefox(firefox) } : undefined;
  }
  if (name !== "chromium" && !program("Xvfb")) return undefined;
  if (name === "webkit") {
    const driver = program("WebKitWebDriver");
    // Debian keeps it beside the library, in a folder named after the processor and the library's version.
    const miniBrowser = program("/usr/lib/*/webkit2gtk-4.*/MiniBrowser /usr/lib/*/webkitgtk-*/MiniBrowser");
    return driver && miniBrowser ? { name, open: () => openWebKit(driver, miniBrowser) } : undefined;
  }
  const chromium = chromiumProgram();
  if (chromium)
    return { name, open: () => (name === "chromium" ? openChromium : openHeadedChromium)(chromium) };
  const fromNpm = name === "chromium" ? npmChromium() : undefined;
  return fromNpm && { name, makeshift: true, open: async () => openChromium(await fromNpm(), false) };
}
