/** The switches that make the tier misbehave, drawn from the tier's own table. */
import { byId, html, render } from "./elements.js";
import { promiseOf } from "./promises.js";

const PARTS = { dialog: "Dialog", landing: "Landing page", api: "API" };
/** Where the tab keeps what it has set: it survives a reload. */
const KEPT = "faults";

let tier;
/** The switches that the panel shows. */
let visible;
/** What this tab has set. */
let mine;

/**
 * Sets switches for this tab. The tier has one set, so a tab sends all of its own when it gets the focus: a login runs with the
 * faults of the tab that it was started in.
 */
export async function setFaults(changes) {
  mine = { ...mine, ...changes };
  sessionStorage.setItem(KEPT, JSON.stringify(mine));
  draw();
  if (!tier.live) return;
  const headers = { "Content-Type": "application/json" };
  const response = await fetch("dev/faults", { method: "POST", headers, body: JSON.stringify(mine) });
  // Read in any case: a body that nobody reads keeps its connection busy.
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
}

function control(name, { off, choices }, value) {
  const id = `fault-${name}`;
  const help = `${id}-help`;
  const changed = ({ target }) => {
    const read = { checkbox: target.checked, number: Number(target.value) };
    if (target.reportValidity()) setFaults({ [name]: read[target.type] ?? target.value });
  };
  if (typeof off === "boolean")
    return html`<input type="checkbox" id=${id} aria-describedby=${help} ?disabled=${!tier.live} .checked=${value} @change=${changed}>`;
  if (typeof off === "number")
    return html`<input type="number" min="0" max="600000" step="any" id=${id} aria-describedby=${help} ?disabled=${!tier.live} .value=${value} @change=${changed}>`;
  const options = choices.map(
    (choice) => html`<option value=${choice} .selected=${choice === value}>${choice || "off"}</option>`,
  );
  return html`<select id=${id} aria-describedby=${help} ?disabled=${!tier.live} @change=${changed}>${options}</select>`;
}

/** A button that sets a value which shows an effect. */
function sampleButton(name, { label, sample }, value) {
  if (!sample) return "";
  return html`<button type="button" class="outline" ?disabled=${!tier.live} @click=${() => setFaults({ [name]: value ? 0 : sample })}>
    ${value ? "Off" : `Try ${sample}`}<span class="visually-hidden"> for ${label}</span>
  </button>`;
}

/** What the SDK will make of it, once the fault is on. */
function promise(name, { off }, value) {
  if (value === off) return "";
  const { outcome, by } = promiseOf(name, value);
  return html`<span class="hint promise">Leads to <code>${outcome}</code> ${by}</span>`;
}

function line([name, fault]) {
  const value = mine[name];
  const label = html`<label for="fault-${name}">${fault.label}${fault.unit ? ` (${fault.unit})` : ""}</label>`;
  const input = control(name, fault, value);
  // A tick box comes before its label, anything else below it.
  return html`<div class="fault">
    ${
      typeof fault.off === "boolean"
        ? [input, label]
        : [label, html`<div role="group">${input} ${sampleButton(name, fault, value)}</div>`]
    }
    <span class="hint" id="fault-${name}-help">${fault.help}</span>
    ${promise(name, fault, value)}
  </div>`;
}

function draw() {
  const groups = Object.entries(PARTS).map(
    ([part, title]) =>
      html`<fieldset>
        <legend>${title}</legend>
        ${visible.filter(([, fault]) => fault.part === part).map(line)}
      </fieldset>`,
  );
  render(groups, byId("faults-list"));
  const on = visible.filter(([name, { off }]) => mine[name] !== off).length;
  byId("faults-count").textContent = on ? `${on} on` : "all off";
  byId("faults-count").classList.toggle("bad", on > 0);
  byId("faults-note").hidden = !on;
  byId("faults-note").textContent = on === 1 ? "with 1 fault" : `with ${on} faults`;
  if (on) byId("faults").open = true;
}

/** Draws the panel, with what this tab had set and `changes`. Without servers it only shows what there is. */
export async function startFaults(facts, changes) {
  tier = facts;
  visible = Object.entries(tier.faults).filter(([, { hidden }]) => !hidden);
  const off = (faults) => Object.fromEntries(faults.map(([name, fault]) => [name, fault.off]));
  mine = off(Object.entries(tier.faults));
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  // An older version of the page may have kept faults that no longer exist.
  for (const name of Object.keys(mine)) mine[name] = kept[name] ?? mine[name];
  byId("faults-reset").disabled = !tier.live;
  // What the panel does not show stays: the account and the transport have their own controls.
  byId("faults-reset").addEventListener("click", () => setFaults(off(visible)));
  addEventListener("focus", () => setFaults({}));
  await setFaults(changes);
}
