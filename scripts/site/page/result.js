/** Shows how a login ended. The short answer is in a live region; the table of accounts, which is long, is not. */
import { byId, element } from "./elements.js";

const BADGES = ["gold", "silver", "bronze"];

const number = (value) => value.toLocaleString("en");

/** What each error's name means, from the types. */
const MEANINGS = fetch("errors.json").then((response) => response.json());

function show(outcome, ...children) {
  const result = byId("result");
  // A second call after the end would be a bug of the SDK: count, so that it can be seen.
  const calls = outcome === "pending" ? 0 : Number(result.dataset.calls ?? 0) + 1;
  result.dataset.outcome = outcome;
  result.dataset.calls = String(calls);
  result.replaceChildren(...children);
  if (calls > 1) result.append(element("p", { className: "bad" }, `Called back ${calls} times.`));
  byId("accounts").replaceChildren();
  // The outcome is what the reader waits for: it may be below the window's edge.
  if (calls) result.closest("section").scrollIntoView({ block: "nearest" });
}

const row = (term, ...description) => [element("dt", {}, term), element("dd", {}, ...description)];

function badges(counts) {
  return BADGES.filter((kind) => counts[kind]).map((kind) =>
    element(
      "span",
      { className: `badge ${kind}` },
      number(counts[kind]),
      element("span", { className: "visually-hidden" }, ` ${kind} `),
    ),
  );
}

function table(users) {
  const head = ["Site", "Reputation", "Badges"].map((text) => element("th", { scope: "col" }, text));
  const rows = users.map((user) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, user.site_name),
      element("td", { className: "number" }, number(user.reputation)),
      element("td", {}, ...badges(user.badge_counts)),
    ),
  );
  return element(
    "div",
    { className: "scroll tall", tabIndex: 0, role: "group", "aria-label": "Accounts" },
    element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows)),
  );
}

export function showPending() {
  show("pending", element("p", {}, "Waiting for the popup."));
}

export function showSuccess({ accessToken, expirationDate, networkUsers }) {
  const id = networkUsers?.[0]?.account_id;
  const count = networkUsers?.length;
  show(
    "success",
    element("p", { className: "good" }, id === undefined ? "Signed in." : `Signed in as account ${id}.`),
    element(
      "dl",
      {},
      ...row("Access token", element("code", {}, accessToken)),
      ...row("Expires", expirationDate ? expirationDate.toLocaleString() : "never"),
      ...row(
        "Accounts",
        count === undefined ? "not asked for" : `on ${count} ${count === 1 ? "site" : "sites"}`,
      ),
    ),
  );
  if (count) byId("accounts").append(table(networkUsers));
}

/** A failure; an abort has a name and a message alone. */
export async function showError({ errorName, errorMessage, name, message }) {
  const meaning = element("p", { className: "hint" });
  show(
    "error",
    element("p", { className: "bad" }, element("code", {}, errorName ?? name)),
    element("p", {}, errorMessage ?? message),
    meaning,
  );
  meaning.textContent = (await MEANINGS)[errorName] ?? "";
}

/** A wrong call: the SDK threw, and neither callback will be called. */
export function showThrown(error) {
  show(
    "thrown",
    element("p", { className: "bad" }, element("code", {}, `${error.name} thrown`)),
    element("p", {}, error.message),
  );
}
