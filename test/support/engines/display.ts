/** An X display without a screen, for the browsers that need a window. */
import { once } from "node:events";
import { start, stop } from "../../../scripts/children.ts";
import { LIMIT_MS } from "./types.ts";

/**
 * Starts Xvfb on the first free display; `name` is the value of `DISPLAY`.
 *
 * The screen is hardly larger than the SDK's 660 by 480 popup, on purpose. No window manager runs here, so X gives the
 * focus to the window under the pointer, which rests in the middle; a popup covers the middle and so takes the focus
 * from its opener, and gives it back when it closes, as on a desktop.
 */
export async function openDisplay(): Promise<{ name: string; close(): Promise<void> }> {
  const args = ["-displayfd", "3", "-screen", "0", "700x500x24", "-nolisten", "tcp", "-noreset"];
  const xvfb = await start("Xvfb", args, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const [number] = await once(xvfb.stdio[3]!, "data", { signal: AbortSignal.timeout(LIMIT_MS) });
  return { name: `:${String(number).trim()}`, close: () => stop(xvfb) };
}
