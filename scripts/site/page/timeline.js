/** The steps of the protocol, as they happen. */
import { byId, html, render } from "./elements.js";

let start = 0;
let steps = [];

const draw = () => render(steps, byId("timeline"));

/** Starts a new login: empties the list, and restarts the time. */
export function startTimeline() {
  start = performance.now();
  steps = [];
  byId("timeline-hint").hidden = true;
  draw();
}

/** Adds one step, with its time since the click in seconds. */
export function addStep(title, detail, verdict = "") {
  const seconds = ((performance.now() - start) / 1000).toFixed(3);
  steps.push(
    html`<li class="step ${verdict}">
      <span class="hint">${seconds} s</span>
      <div>
        <strong>${title}</strong> <span class="verdict">${verdict}</span>
        <p class="hint">${detail}</p>
      </div>
    </li>`,
  );
  draw();
}
