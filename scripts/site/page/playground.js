/** The playground: reads the options, calls the SDK, shows each step and how it ended. */
import { byId, element } from "./elements.js";
import { codeOf, runExample } from "./examples.js";
import { setFaults, startFaults, startWith } from "./faults.js";
import { leftovers, observe } from "./observe.js";
import { showError, showPending, showSuccess, showThrown } from "./result.js";
import { readTier } from "./tier.js";
import { addStep, startTimeline } from "./timeline.js";

const channelUrl = new URL("blank", location.href).href;

const form = byId("options");
const run = byId("run");
const cancel = byId("cancel");
let tier;
/** `SE`, or the module: both have `init` and `authenticate`. */
let sdk;

/** What is chosen, from the form. */
function chosen() {
  const data = new FormData(form);
  return {
    app: tier.apps.find((app) => app.clientId === data.get("app")),
    account: data.get("account"),
    scope: data.getAll("scope"),
    networkUsers: data.has("networkUsers"),
    transport: data.get("transport"),
    file: data.get("file"),
  };
}

/** The options are in the address, so that a reload or a link keeps them. */
function writeAddress() {
  const query = new URLSearchParams(new FormData(form));
  if (!query.has("networkUsers")) query.set("networkUsers", "");
  history.replaceState(null, "", `?${query}`);
}

function readAddress() {
  const query = new URLSearchParams(location.search);
  const scopes = query.getAll("scope");
  for (const box of form.querySelectorAll("[name=scope]")) box.checked = scopes.includes(box.value);
  form.elements.networkUsers.checked = query.get("networkUsers") !== "";
  form.elements.file.value = query.get("file") === "module" ? "module" : "script";
  form.elements.transport.value = query.get("transport") === "iframe" ? "iframe" : "message";
  for (const name of ["app", "account"]) {
    const { options } = form.elements[name];
    if ([...options].some(({ value }) => value === query.get(name)))
      form.elements[name].value = query.get(name);
  }
}

function appHint({ domain, clientSideFlow, desktopRedirect }) {
  const settings = [
    `domain ${domain}`,
    ...(clientSideFlow ? [] : ["client side flow off: unauthorized_client"]),
    ...(desktopRedirect ? [] : ["desktop redirect off: a dead end, popup_closed"]),
  ];
  return settings.join(", ");
}

/** Tells the SDK which app this is; its `complete` enables the button. */
function init() {
  const { app } = chosen();
  try {
    sdk.init({
      clientId: app.clientId,
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

async function optionsChanged(event) {
  writeAddress();
  // The page watches one SDK at a time, from before it loads.
  if (["transport", "file"].includes(event.target.name)) return location.reload();
  update();
  if (event.target.name === "app") init();
  if (event.target.name === "account" && tier.live) await setFaults({ approveAs: event.target.value });
}

function update() {
  const now = chosen();
  byId("snippet").textContent = codeOf(now, channelUrl);
  byId("app-hint").textContent = appHint(now.app);
}

/** The number of the newest login, and those of logins that have not ended. */
let newest = 0;
const running = new Set();

/**
 * A callback of the SDK's for the login `number`: one step, the result if no newer login has begun, and, a moment after
 * the last one's end, what is left.
 */
const ended = (number) => (title, success) => (answer) => {
  running.delete(number);
  cancel.disabled = running.size === 0;
  // An abort rejects with the signal's reason, which has a name alone.
  const failure = `${answer.errorName ?? answer.name}: ${answer.errorMessage ?? answer.message}`;
  const outcome = success ? "with the session" : failure;
  const older = number < newest;
  addStep({ title, detail: older ? `${outcome}, for the older login` : outcome, verdict: "ended" });
  if (!older) (success ? showSuccess : showError)(answer);
  setTimeout(() => {
    if (running.size) return;
    const left = leftovers();
    addStep(
      left.length
        ? { title: "Left behind", detail: left.join(", "), verdict: "refused" }
        : {
            title: "Cleaned up",
            detail: "no popup, listener, timer or request is left",
            verdict: "",
          },
    );
  });
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

function loadScript() {
  return new Promise((resolve, reject) => {
    const script = element("script", {
      src: `${tier.sdk ?? ""}all.js`,
      onload: () => resolve(SE),
      onerror: reject,
    });
    document.head.append(script);
  });
}

async function loadSdk(file) {
  try {
    sdk = file === "module" ? await import(`./${tier.sdk ?? ""}index.mjs`) : await loadScript();
    init();
  } catch {
    run.textContent = "The SDK did not load";
  }
}

async function start() {
  tier = await readTier();
  byId("offline").hidden = tier.live;
  byId("worker").hidden = !tier.worker;
  byId("app").append(...tier.apps.map((app) => element("option", { value: app.clientId }, app.name)));
  byId("account").append(...tier.accounts.map(({ id, name }) => element("option", { value: id }, name)));
  byId("scopes").append(
    ...Object.entries(tier.scopes).map(([name, text]) =>
      element(
        "label",
        { className: "check" },
        element("input", { type: "checkbox", name: "scope", value: name }),
        element("span", {}, element("code", {}, name), " ", element("span", { className: "hint" }, text)),
      ),
    ),
  );
  readAddress();
  update();
  // On the document: the choice of the file is in another card, so its events do not pass through the form.
  document.addEventListener("change", (event) => {
    if (event.target.form === form) optionsChanged(event);
  });

  // The SDK recognizes old IE by what it lacks; the landing page is another document, and the tier tells it.
  const { transport, account, file } = chosen();
  const oldIe = transport === "iframe" && file === "script";
  cancel.hidden = file === "script";
  cancel.disabled = true;
  if (oldIe) delete window.File;
  const values = tier.live ? await startWith(tier.faults, { oldIe, approveAs: account }) : tier.values;
  startFaults(tier.faults, values, tier.live);
  observe(tier.origins, addStep);
  await loadSdk(file);
}

await start();
