/** An X display without a screen, for the browsers that need a window. */
import { start, stop } from "../../../scripts/children.ts";

export interface Display {
  /** The value of `DISPLAY`. */
  name: string;
  close(): Promise<void>;
}

/**
 * Starts Xvfb on the first free display.
 *
 * The screen is hardly larger than the SDK's 660 by 480 popup, on purpose. No window manager runs here, so X gives the
 * focus to the window under the pointer, which rests in the middle; a popup covers the middle and so takes the focus
 * from its opener, and gives it back when it closes, as on a desktop.
 */
export async function openDisplay(): Promise<Display> {
  const xvfb = await start(
    "Xvfb",
    ["-displayfd", "3", "-screen", "0", "700x500x24", "-nolisten", "tcp", "-noreset"],
    { stdio: ["ignore", "ignore", "ignore", "pipe"] },
  );
  const name = await new Promise<string>((resolve, reject) => {
    let number = "";
    xvfb.once("exit", (code) => reject(new Error(`Xvfb ended with code ${code} before it had a display`)));
    xvfb.stdio[3]!.on("data", (chunk) => {
      number += chunk;
      if (number.includes("\n")) resolve(`:${number.trim()}`);
    });
  });
  return { name, close: () => stop(xvfb) };
}
