/** The code that the documentation shows. The tests run each piece in a browser, as a reader would who copies it. */

import type { Manifest } from "../build/emit.ts";
import { PRODUCTION } from "../config.ts";

const ALIAS = `${PRODUCTION.apiOrigin}/js/2.0/all.js`;

/** The tag for the address that moves with each release. */
export const aliasTag = `<script src="${ALIAS}"></script>`;

/** The tag for exactly this build, which no other byte passes. */
export function pinnedTag({ buildNumber, files }: Manifest): string {
  const address = `${PRODUCTION.apiOrigin}/js/2.0/${buildNumber}/all.js`;
  return `<script src="${address}"
  integrity="${files["all.js"]!.integrity}"
  crossorigin></script>`;
}

/** The hosted script in use. */
export const scriptUse = `<button id="sign-in" disabled>Sign in</button>
<script>
  var button = document.getElementById("sign-in");
  SE.init({
    clientId: 1,
    channelUrl: location.origin + "/blank",
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

export const install = "npm install stackexchange-auth";

/** The module in use. */
export const moduleUse = `<button id="sign-in">Sign in</button>
<script type="module">
  import { init, login } from "stackexchange-auth";

  const button = document.getElementById("sign-in");
  init({
    clientId: 1,
    channelUrl: location.origin + "/blank",
    complete() {},
  });
  button.onclick = async () => {
    try {
      const session = await login({
        scope: ["read_inbox"],
        networkUsers: true,
      });
      button.textContent = session.accessToken;
    } catch (failure) {
      button.textContent = failure.errorName;
    }
  };
</script>`;

/** A login that gives up by itself. */
export const cancelUse = `<button id="sign-in">Sign in within a minute</button>
<script type="module">
  import { init, login } from "stackexchange-auth";

  const button = document.getElementById("sign-in");
  init({
    clientId: 1,
    channelUrl: location.origin + "/blank",
    complete() {},
  });
  button.onclick = async () => {
    try {
      const signal = AbortSignal.timeout(60_000);
      await login({ signal });
      button.textContent = "Signed in";
    } catch (failure) {
      const late = failure.name === "TimeoutError";
      button.textContent = late ? "Too slow" : failure.errorName;
    }
  };
</script>`;

/** By the id of the element that shows it. */
export const snippetsOf = (manifest: Manifest): Record<string, [label: string, text: string]> => ({
  "script-alias": ["The script, at the address that moves with each release", aliasTag],
  "script-pinned": ["Or exactly this build, and no other byte", pinnedTag(manifest)],
  "script-use": ["Then", scriptUse],
  "module-install": ["The module, from npm", install],
  "module-use": ["Then", moduleUse],
  "module-cancel": ["With a limit of time", cancelUse],
});
