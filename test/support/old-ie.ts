/** IE 9 and newer as a modern browser can play it. */
import type { Page } from "./engines/types.ts";

export const USER_AGENTS = {
  "IE 9": "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)",
  "IE 10": "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)",
  "IE 11": "Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko",
};

/** Whether the browser of this name has no File, which is what the SDK asks for, and gets its answers through a frame. */
export const lacksFile = (userAgent = ""): boolean => /MSIE [1-9]\./.test(userAgent);

/** Takes from `page` what the browser of its user agent does not have either: File, and requests to another origin. */
export async function playOldIE(page: Page, userAgent?: string): Promise<void> {
  if (!lacksFile(userAgent)) return;
  await page.evaluate(() => {
    Reflect.deleteProperty(window, "File");
    XMLHttpRequest.prototype.open = () => {
      throw new Error("Access is denied.");
    };
  });
}
