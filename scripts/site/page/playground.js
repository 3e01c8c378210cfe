/** The playground: reads the options, calls the SDK, shows each step and how it ended. */
import { byId, html, render } from "./elements.js";
import { codeOf, runExample } from "./examples.js";
import { setFaults, startFaults } from "./faults.js";
import { leftovers, observe } from "./observe.js";
import { showError, showIdle, showPending, showSuccess, showThrown } from "./result.js";
import { readTier } from "./tier.js";
import { addStep, startTimeline } from "./timeline.js";

const channelUrl = new URL("blank", location.href).href;

const form = byId("options");
const run = byId("run");
const cancel = byId("cancel");
const tier = await readTier();
/** `SE`, or the module: both have `init`. */
let sdk;

/** What is chosen, from the form. */
function chosen() {
  const data = new FormData(form);
  return {
    ...Object.fromEntries(data),
    app: tier.apps.find((app) => app.clientId === data.get("app")),
    scope: data.getAll("scope"),
    networkUsers: data.has("networkUsers"),
  };
}

/** The options are in the address, so that a reload or a link keeps them. */
function writeAddress() {
  const query = new URLSearchParams(new FormData(form));
  if (!query.has("networkUsers")) query.set("networkUsers", "");
  history.replaceState(null, "", `?${query}`);
}

/** An option that the address does not have, or of which it has a value that is not offered, stays as the page has it. */
function readAddress() {
  const query = new URLSearchParams(location.search);
  for (const box of form.querySelectorAll("[name=scope]"))
    box.checked = query.getAll("scope").includes(box.value);
  form.elements.networkUsers.checked = query.get("networkUsers") !== "";
  for (const option of document.querySelectorAll("#options option, [type=radio]")) {
    const { name } = option.closest("select") ?? option;
    if (query.get(name) === option.value)
      option[option.localName === "option" ? "selected" : "checked"] = true;
  }
}

/** Tells the SDK which app this is; its `complete` enables the button. */
function init() {
  try {
    sdk.init({
      clientId: chosen().app.clientId,
      channelUrl,
      complete({ version }) {
        run.textContent = `Run Example With Version ${version}`;
        // Without servers a popup would lead to the real ones, which know nothing of these apps.
        run.disabled = !tier.live;
      },
    });
  } catch (error) {
    showThrown(error);
  }
}

function update() {
  const now = chosen();
  const { domain, clientSideFlow, desktopRedirect } = now.app;
  byId("snippet").textContent = codeOf(now, channelUrl);
  byId("app-hint").textContent = [
    `domain ${domain}`,
    ...(clientSideFlow ? [] : ["client side flow off: unauthorized_client"]),
    ...(desktopRedirect ? [] : ["desktop redirect off: a dead end, popup_closed"]),
  ].join(", ");
}

function optionsChanged({ target: { name, value, form: changed } }) {
  if (changed !== form) return;
  writeAddress();
  // The page watches one SDK at a time, from before it loads.
  if (["transport", "file"].includes(name)) return location.reload();
  update();
  if (name === "app") init();
  if (name === "account") setFaults({ approveAs: value });
}

/** The number of the newest login, and those of logins that have not ended. */
let newest = 0;
const running = new Set();

function showLeftovers() {
  if (running.size) return;
  const left = leftovers().join(", ");
  if (left) addStep("Left behind", left, "refused");
  else addStep("Cleaned up", "no popup, listener, timer or request is left");
}

/**
 * A callback of the SDK's for the login `number`: one step, the result if no newer login has begun, and, a moment after
 * the last one's end, what is left.
 */
const ended = (number) => (title, success) => (answer) => {
  running.delete(number);
  cancel.disabled = running.size === 0;
  // An abort rejects with the signal's reason, which has a name alone.
  const failure = `${answer.errorName ?? answer.name}: ${answer.errorMessage ?? answer.message}`;
  const older = number < newest;
  addStep(title, `${success ? "with the session" : failure}${older ? ", for the older login" : ""}`, "end");
  if (!older) (success ? showSuccess : showError)(answer);
  setTimeout(showLeftovers);
};

run.addEventListener("click", () => {
  const number = ++newest;
  running.add(number);
  cancel.disabled = false;
  showPending();
  startTimeline();
  try {
    runExample(chosen(), sdk, cancel, ended(number));
  } catch (error) {
    running.delete(number);
    showThrown(error);
  }
});

async function loadScript(src) {
  const script = document.createElement("script");
  document.head.append(Object.assign(script, { src }));
  await new Promise((resolve, reject) => Object.assign(script, { onload: resolve, onerror: reject }));
  return SE;
}

function drawOptions() {
  const option = (value, name) => html`<option value=${value}>${name}</option>`;
  const apps = tier.apps.map(({ clientId, name }) => option(clientId, name));
  render(apps, byId("app"));
  const accounts = tier.accounts.map(({ id, name }) => option(id, name));
  render(accounts, byId("account"));
  const scopes = Object.entries(tier.scopes).map(
    ([name, text]) =>
      html`<label class="check">
        <input type="checkbox" name="scope" value=${name}>
        <span><code>${name}</code> <span class="hint">${text}</span></span>
      </label>`,
  );
  render(scopes, byId("scopes"));
}

showIdle();
byId("offline").hidden = tier.live;
byId("worker").hidden = !tier.worker;
drawOptions();
readAddress();
update();
// On the document: the choice of the file is in another card, so its events do not pass through the form.
document.addEventListener("change", optionsChanged);

// The SDK recognizes old IE by what it lacks; the landing page is another document, and the tier tells it.
const { transport, account, file } = chosen();
const oldIe = transport === "iframe" && file === "script";
if (oldIe) delete window.File;
cancel.hidden = file === "script";
cancel.disabled = true;
await startFaults(tier, { oldIe, approveAs: account });
observe(tier.origins.login, addStep);
try {
  const folder = tier.sdk ?? (tier.live ? "sdk/" : "");
  sdk = await (file === "module" ? import(`./${folder}index.mjs`) : loadScript(`${folder}all.js`));
  init();
} catch {
  run.textContent = "The SDK did not load";
}
