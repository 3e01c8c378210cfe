/** The two ways to sign in, as the script and as the module: the code to read, and the same call to run. */

const property = (name, value) => (value === undefined ? [] : [`${name}: ${JSON.stringify(value)}`]);

/** The options that both share, as they go into the code. */
function shared({ scope, networkUsers }) {
  return [
    ...property("scope", scope.length ? scope : undefined).map((text) => text.replaceAll('","', '", "')),
    ...property("networkUsers", networkUsers || undefined),
  ];
}

function scriptCode(chosen, channelUrl) {
  const options = ["success: showSession", "error: showFailure", ...shared(chosen)];
  return `SE.init({
  clientId: ${chosen.app.clientId},
  channelUrl: "${channelUrl}",
  complete: enableTheButton,
});

button.onclick = function () {
  SE.authenticate({
    ${options.join(",\n    ")},
  });
};`;
}

function moduleCode(chosen, channelUrl) {
  const options = [...shared(chosen), "signal: controller.signal"];
  return `import { init, login } from "stackexchange-auth";

init({
  clientId: ${chosen.app.clientId},
  channelUrl: "${channelUrl}",
  complete: enableTheButton,
});

button.onclick = async () => {
  const controller = new AbortController();
  cancel.onclick = () => controller.abort();
  try {
    const session = await login({
      ${options.join(",\n      ")},
    });
    showSession(session);
  } catch (failure) {
    showFailure(failure);
  }
};`;
}

export const codeOf = (chosen, channelUrl) =>
  (chosen.file === "module" ? moduleCode : scriptCode)(chosen, channelUrl);

/** Runs the example. `cancel` is the module's button. Throws what a wrong call throws. */
export function runExample({ file, scope, networkUsers }, sdk, cancel, ended) {
  if (file === "script") {
    sdk.authenticate({
      success: ended("success is called", true),
      error: ended("error is called", false),
      scope,
      networkUsers,
    });
    return;
  }
  const controller = new AbortController();
  cancel.onclick = () => controller.abort();
  sdk
    .login({ scope, networkUsers, signal: controller.signal })
    .then(ended("login() resolves", true), ended("login() rejects", false));
}
