/** Shows how a login ended. The short answer is in a live region; the table of accounts, which is long, is not. */
import { byId, html, render } from "./elements.js";

const number = (value) => value.toLocaleString("en");

/** What each error's name means, from the types. */
const MEANINGS = fetch("errors.json")
  .then((response) => response.json())
  .catch(() => ({}));

function show(outcome, content, accounts = "") {
  const result = byId("result");
  // A second call after the end would be a bug of the SDK: count, so that it can be seen.
  const calls = ["idle", "pending"].includes(outcome) ? 0 : Number(result.dataset.calls ?? 0) + 1;
  Object.assign(result.dataset, { outcome, calls });
  render([content, calls > 1 ? html`<p class="bad">Called back ${calls} times.</p>` : ""], result);
  render(accounts, byId("accounts"));
  // The outcome is what the reader waits for: it may be below the window's edge.
  if (calls) result.closest("article").scrollIntoView({ block: "nearest" });
}

const badges = (counts) =>
  ["gold", "silver", "bronze"]
    .filter((kind) => counts[kind])
    .map(
      (kind) =>
        html`<span class="badge ${kind}">${number(counts[kind])}<span class="visually-hidden"> ${kind} </span></span>`,
    );

const table = (users) =>
  html`<div class="scroll tall" tabindex="0" role="region" aria-label="Accounts">
    <table>
      <thead>
        <tr><th scope="col">Site</th><th scope="col">Reputation</th><th scope="col">Badges</th></tr>
      </thead>
      <tbody>
        ${users.map(
          (user) => html`<tr>
            <th scope="row">${user.site_name}</th>
            <td class="number">${number(user.reputation)}</td>
            <td>${badges(user.badge_counts)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;

export const showIdle = () => show("idle", html`<p class="hint">Nothing yet: run the example.</p>`);
export const showPending = () => show("pending", html`<p>Waiting for the popup.</p>`);

export function showSuccess({ accessToken, expirationDate, networkUsers }) {
  const id = networkUsers?.[0]?.account_id;
  const count = networkUsers?.length;
  const content = html`<p class="good">Signed in${id === undefined ? "" : ` as account ${id}`}.</p>
    <dl>
      <dt>Access token</dt><dd><code>${accessToken}</code></dd>
      <dt>Expires</dt><dd>${expirationDate ? expirationDate.toLocaleString() : "never"}</dd>
      <dt>Accounts</dt>
      <dd>${count === undefined ? "not asked for" : `on ${count} ${count === 1 ? "site" : "sites"}`}</dd>
    </dl>`;
  show("success", content, count ? table(networkUsers) : "");
}

/** A failure; an abort has a name and a message alone. */
export async function showError({ errorName, errorMessage, name, message }) {
  const meaning = errorName && (await MEANINGS)[errorName];
  const content = html`<p class="bad"><code>${errorName ?? name}</code></p>
    <p>${errorMessage ?? message}</p>
    <p class="hint">${meaning}</p>`;
  show("error", content);
}

/** A wrong call: the SDK threw, and neither callback will be called. */
export function showThrown({ name, message }) {
  show("thrown", html`<p class="bad"><code>${name} thrown</code></p><p>${message}</p>`);
}
