/** The playground: reads the options, calls the SDK, shows each step and how it ended. */
import { byId, element } from "./elements.js";
import { setFaults, startFaults } from "./faults.js";
import { leftovers, observe } from "./observe.js";
import { showError, showPending, showSuccess, showThrown } from "./result.js";
import { addStep, startTimeline } from "./timeline.js";

const channelUrl = new URL("blank", location.href).href;

const form = byId("options");
const run = byId("run");
let tier;

/** What is chosen, from the form. */
function chosen() {
  const data = new FormData(form);
  return {
    app: tier.apps.find((app) => app.clientId === data.get("app")),
    account: data.get("account"),
    scope: data.getAll("scope"),
    networkUsers: data.has("networkUsers"),
    transport: data.get("transport"),
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
  form.elements.transport.value = query.get("transport") === "iframe" ? "iframe" : "message";
  for (const name of ["app", "account"]) {
    const { options } = form.elements[name];
    if ([...options].some(({ value }) => value === query.get(name)))
      form.elements[name].value = query.get(name);
  }
}

/** The code that the button runs, with the options as chosen. */
function snippet({ app, scope, networkUsers }) {
  const options = [
    "success: showSession,",
    "error: showFailure,",
    ...(scope.length ? [`scope: [${scope.map((each) => `"${each}"`).join(", ")}],`] : []),
    ...(networkUsers ? ["networkUsers: true,"] : []),
  ];
  return `SE.init({
  clientId: ${app.clientId},
  channelUrl: "${channelUrl}",
  complete: enableTheButton,
});

button.onclick = function () {
  SE.authenticate({
    ${options.join("\n    ")}
  });
};`;
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
    SE.init({
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
  if (event.target.name === "transport") return location.reload();
  update();
  if (event.target.name === "app") init();
  if (event.target.name === "account" && tier.live) await setFaults({ approveAs: event.target.value });
}

function update() {
  const now = chosen();
  byId("snippet").textContent = snippet(now);
  byId("app-hint").textContent = appHint(now.app);
}

/** The number of the newest login, and of each that has not ended. */
let newest = 0;
const running = new Set();

/**
 * A callback of the SDK's for the login `number`: one step, the result if no newer login has begun, and, a moment after
 * the last one's end, what is left.
 */
const ended = (number, title, show) => (answer) => {
  running.delete(number);
  const outcome = answer.errorName ? `${answer.errorName}: ${answer.errorMessage}` : "with the session";
  const older = number < newest;
  addStep({ title, detail: older ? `${outcome}, for the older login` : outcome, verdict: "ended" });
  if (!older) show(answer);
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
  const { scope, networkUsers } = chosen();
  const number = ++newest;
  running.add(number);
  showPending();
  startTimeline();
  try {
    SE.authenticate({
      success: ended(number, "success is called", showSuccess),
      error: ended(number, "error is called", showError),
      scope,
      networkUsers,
    });
  } catch (error) {
    running.delete(number);
    showThrown(error);
  }
});

function loadSdk() {
  const script = element("script", { src: "all.js", onload: init });
  script.onerror = () => {
    run.textContent = "The SDK did not load";
  };
  document.head.append(script);
}

async function start() {
  tier = await (await fetch("tier.json")).json();
  byId("offline").hidden = tier.live;
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
  form.addEventListener("change", optionsChanged);

  // The SDK recognizes old IE by what it lacks; the landing page is another document, and the tier tells it.
  const { transport, account } = chosen();
  const oldIe = transport === "iframe";
  if (oldIe) delete window.File;
  const values = tier.live ? await setFaults({ oldIe, approveAs: account }) : tier.values;
  startFaults(tier.faults, values, tier.live);
  observe(tier.origins, addStep);
  loadSdk();
}

start();
