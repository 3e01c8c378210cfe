/** The two ways to sign in, as the script and as the module: the code to read, and the same call to run. */

/** The code, with the options that are chosen. */
export function codeOf({ app, scope, networkUsers, file }, channelUrl) {
  const init = `init({
  clientId: ${app.clientId},
  channelUrl: "${channelUrl}",
  complete: enableTheButton,
});`;
  const shared = [
    ...(scope.length ? [`scope: [${scope.map((name) => `"${name}"`).join(", ")}]`] : []),
    ...(networkUsers ? ["networkUsers: true"] : []),
  ];
  if (file === "script")
    return `SE.${init}

button.onclick = function () {
  SE.authenticate({
    ${["success: showSession", "error: showFailure", ...shared].join(",\n    ")},
  });
};`;
  return `import { init, login } from "stackexchange-auth";

${init}

button.onclick = async () => {
  const controller = new AbortController();
  cancel.onclick = () => controller.abort();
  try {
    const session = await login({
      ${[...shared, "signal: controller.signal"].join(",\n      ")},
    });
    showSession(session);
  } catch (failure) {
    showFailure(failure);
  }
};`;
}

/** Runs the example. `cancel` is the module's button. Throws what a wrong call throws. */
export function runExample({ file, scope, networkUsers }, sdk, cancel, ended) {
  if (file === "script") {
    const [success, error] = [ended("success is called", true), ended("error is called", false)];
    sdk.authenticate({ success, error, scope, networkUsers });
    return;
  }
  const controller = new AbortController();
  cancel.onclick = () => controller.abort();
  sdk
    .login({ scope, networkUsers, signal: controller.signal })
    .then(ended("login() resolves", true), ended("login() rejects", false));
}
