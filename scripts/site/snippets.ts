/** The code that the documentation shows. Tests run each piece in a browser. */

import type { Manifest } from "../build/emit.ts";
import { aliasUrl, urlOf } from "../release/describe.ts";

/** The hosted script in use. */
const scriptUse = `<button id="sign-in" disabled>Sign in</button>
<script>
  var button = document.getElementById("sign-in");
  SE.init({
    clientId: 1,
    channelUrl: "/blank",
    complete: function () {
      button.disabled = false;
    }
  });
  button.onclick = function () {
    SE.authenticate({
      success: function (session) {
        button.textContent = session.accessToken;
      },
      error: function (failure) {
        button.textContent = failure.errorName;
      },
      scope: ["read_inbox"],
      networkUsers: true
    });
  };
</script>`;

/** The module in use, with a button to cancel. */
export const moduleUse = `import { init, login } from "stackexchange-auth";
import type { AuthError } from "stackexchange-auth";

const [signIn, cancel] =
  document.querySelectorAll("button");

init({ clientId: 1, channelUrl: "/blank" });

signIn.onclick = async () => {
  const controller = new AbortController();
  cancel.onclick = () => controller.abort();
  try {
    const session = await login({
      scope: ["read_inbox"],
      networkUsers: true,
      signal: controller.signal,
    });
    signIn.textContent = session.accessToken;
  } catch (thrown) {
    const failure = thrown as AuthError | Error;
    // Cancel gives an AbortError.
    signIn.textContent =
      "errorName" in failure
        ? failure.errorName
        : failure.name;
  }
};`;

/** A login that gives up by itself. */
export const timeoutUse = `// Rejects with a TimeoutError after a minute.
await login({ signal: AbortSignal.timeout(60_000) });`;

/** By the id of the element that shows it. With `origin` the script is served from a CDN there, else from beside the page. */
export function snippetsOf(
  manifest: Manifest,
  origin?: string,
): Record<string, [label: string, text: string]> {
  const { buildNumber, files } = manifest;
  const alias = origin
    ? "The script, at the address that moves with each release"
    : "The script: dist/all.js of the package, copied beside your page";
  const pinned = `<script src="${origin ? urlOf(buildNumber, origin) : "all.js"}"
  integrity="${files["all.js"]!.integrity}"
  crossorigin></script>`;
  return {
    "script-alias": [alias, `<script src="${origin ? aliasUrl(origin) : "all.js"}"></script>`],
    "script-pinned": [`Or build ${buildNumber} and no other byte`, pinned],
    "script-use": ["Then", scriptUse],
    "module-install": [
      "The module, once it is on npm; until then see the README",
      "npm install stackexchange-auth",
    ],
    "module-use": ["Then", moduleUse],
    "module-timeout": ["With a limit of time", timeoutUse],
  };
}
