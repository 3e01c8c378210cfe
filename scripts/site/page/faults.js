/** The switches that make the tier misbehave, drawn from the tier's own table. */
import { byId, element } from "./elements.js";
import { promiseOf } from "./promises.js";

const PARTS = { dialog: "Dialog", landing: "Landing page", api: "API" };

/** Sends one request to the tier's switches. Throws an Error with the tier's own words when it is refused. */
async function send(method, body) {
  const response = await fetch("dev/faults", {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body && JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

/** What this tab has set; it survives a reload. */
const KEPT = "faults";
let mine = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");

/**
 * Sets switches for this tab. The tier has one set, so a tab sends all of its own when it gets the focus: a login runs with the
 * faults of the tab that it was started in.
 */
export function setFaults(changes) {
  mine = { ...mine, ...changes };
  sessionStorage.setItem(KEPT, JSON.stringify(mine));
  return send("POST", mine);
}

/** Restores what this tab had set; every other switch is off. */
export function startWith(table, changes) {
  const off = Object.fromEntries(Object.entries(table).map(([name, fault]) => [name, fault.off]));
  addEventListener("focus", () => setFaults({}));
  // An older version of the page may have kept faults that no longer exist.
  mine = { ...off, ...Object.fromEntries(Object.entries(mine).filter(([name]) => name in off)) };
  return setFaults(changes);
}

function control(name, fault, value) {
  const common = { id: `fault-${name}`, "aria-describedby": `fault-${name}-help` };
  if (typeof fault.off === "boolean")
    return element("input", { type: "checkbox", checked: value, ...common });
  if (typeof fault.off === "number")
    return element("input", { type: "number", min: 0, max: 600000, step: "any", value, ...common });
  const options = fault.choices.map((choice) =>
    element("option", { value: choice, selected: choice === value }, choice || "off"),
  );
  return element("select", common, ...options);
}

function readControl(input) {
  if (input.type === "checkbox") return input.checked;
  return input.type === "number" ? Number(input.value) : input.value;
}

/** What the SDK will make of it, once the fault is on. */
function promise(name, fault, value) {
  if (value === fault.off) return [];
  const { outcome, by } = promiseOf(name, value);
  return [
    element(
      "span",
      { className: "hint promise" },
      "Leads to ",
      element("code", {}, outcome),
      ` ${by}`.trimEnd(),
    ),
  ];
}

function line(name, fault, value, changed) {
  const input = control(name, fault, value);
  input.addEventListener("change", () => {
    if (input.reportValidity()) changed({ [name]: readControl(input) });
  });
  const label = element(
    "label",
    { htmlFor: input.id },
    fault.unit ? `${fault.label} (${fault.unit})` : fault.label,
  );
  // A sample that shows an effect.
  const sample =
    fault.sample &&
    element(
      "button",
      {
        type: "button",
        id: `fault-${name}-sample`,
        className: "small",
        onclick: () => changed({ [name]: value ? 0 : fault.sample }),
      },
      value ? "Off" : `Try ${fault.sample}`,
      element("span", { className: "visually-hidden" }, ` for ${fault.label}`),
    );
  return element(
    "div",
    { className: "fault" },
    // A tick box comes before its label, anything else below it.
    ...(input.type === "checkbox"
      ? [input, label]
      : [label, element("span", { className: "fault-control" }, input, ...(sample ? [sample] : []))]),
    element("span", { className: "hint", id: `fault-${name}-help` }, fault.help),
    ...promise(name, fault, value),
  );
}

/** Draws the panel, and keeps it in step with the tier. Without a tier it only shows what there is. */
export function startFaults(table, values, live) {
  const list = byId("faults-list");
  const panel = byId("faults");
  const visible = Object.entries(table).filter(([, fault]) => !fault.hidden);

  function draw(now) {
    const focused = document.activeElement?.id;
    const groups = Object.entries(PARTS).map(([part, title]) =>
      element(
        "fieldset",
        {},
        element("legend", {}, title),
        ...visible
          .filter(([, fault]) => fault.part === part)
          .map(([name, fault]) => line(name, fault, now[name], (changes) => change(setFaults(changes)))),
      ),
    );
    list.replaceChildren(...groups);
    // For the tests.
    list.dataset.values = JSON.stringify(now);
    for (const input of list.querySelectorAll("input, select, button")) input.disabled = !live;
    const on = visible.filter(([name, fault]) => now[name] !== fault.off).length;
    byId("faults-count").textContent = on ? `${on} on` : "all off";
    byId("faults-count").classList.toggle("bad", on > 0);
    const note = byId("faults-note");
    note.hidden = !on;
    note.textContent = on === 1 ? "with 1 fault" : `with ${on} faults`;
    if (on) panel.open = true;
    if (focused) byId(focused)?.focus();
  }

  async function change(answer) {
    draw(await answer);
  }

  byId("faults-reset").disabled = !live;
  byId("faults-reset").addEventListener("click", () => {
    // The transport's own switch is not a fault that the panel shows: it stays.
    const off = Object.fromEntries(visible.map(([name, fault]) => [name, fault.off]));
    change(setFaults(off));
  });
  draw(values);
}
