/** The steps of the protocol, as they happen. */
import { byId, element } from "./elements.js";

const WORDS = { accepted: "accepted", refused: "refused", ended: "end" };

let start = 0;

/** Starts a new login: empties the list, and restarts the time. */
export function startTimeline() {
  start = performance.now();
  byId("timeline").replaceChildren();
  byId("timeline-hint").hidden = true;
}

/** Adds one step, with its time since the click in seconds. */
export function addStep({ title, detail, verdict }) {
  const seconds = ((performance.now() - start) / 1000).toFixed(3);
  byId("timeline").append(
    element(
      "li",
      { className: verdict ? `step ${verdict}` : "step" },
      element("span", { className: "time" }, `${seconds} s`),
      element(
        "div",
        {},
        element("strong", {}, title),
        ...(verdict ? [" ", element("span", { className: "verdict" }, WORDS[verdict])] : []),
        element("p", {}, detail),
      ),
    ),
  );
}
