/** The login role's HTML. Everything that comes from a request goes through `html`, which escapes it. */
import { html, raw } from "hono/html";
import type { Account } from "./accounts.ts";
import type { App } from "./apps.ts";
import { LANDING_JS, LOGIN_CSS } from "./page-files.ts";

/** What the dialog says for each scope, in the order in which it says it. */
export const SCOPES: Readonly<Record<string, string>> = {
  read_inbox: "Read your global inbox",
  no_expiry: "Keep these permissions perpetually",
  write_access: "Create and change content on your behalf",
  private_info: "Access your private actions and information",
};

/** Said whatever was asked for. */
export const IDENTIFY = "Identify your account";

type Html = ReturnType<typeof html>;

const page = (title: string, body: Html): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${raw(LOGIN_CSS)}</style>
</head>
<body>
${body}
</body>
</html>
`;

/** The consent page. `fields` are the request's own parameters, sent again with the decision. */
export function dialogPage(
  app: App,
  scopes: string[],
  accounts: Account[],
  fields: [string, string][],
): Html {
  return page(
    `Authorize ${app.name}`,
    html`<main>
<p class="brand">Dev tier, not Stack Exchange</p>
<h1>Authorize application</h1>
<p><strong>${app.name}</strong> would like to:</p>
<ul>
<li>${IDENTIFY}</li>
${scopes.map((scope) => html`<li>${SCOPES[scope]}</li>`)}
</ul>
<form method="post" action="/oauth/dialog">
${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<fieldset>
<legend>Sign in as</legend>
${accounts.map(
  ({ id, name }, index) =>
    html`<label><input type="radio" name="account" value="${id}"${raw(index ? "" : " checked")}> ${name}</label>`,
)}
</fieldset>
<p class="buttons">
<button class="primary" name="decision" value="approve">Approve</button>
<button name="decision" value="reject">Reject</button>
</p>
</form>
</main>`,
  );
}

/** The dead end: nothing is reported to the app, the window stays until the user closes it. */
export const failurePage = (description: string): Html =>
  page(
    "Application Login Failure",
    html`<main>
<h1>Application Login Failure</h1>
<h2>Error Details</h2>
<p>error description: ${description}</p>
</main>`,
  );

/** The landing page, with what `pages/landing.js` reads from it; without `settings` it has the heading and does nothing. */
export function landingPage(settings?: Record<string, string | number | boolean>): Html {
  const title = "Authorizing Application";
  if (!settings) return page(title, html`<h1>${title}</h1>`);
  // What is off is an empty text.
  const data = Object.entries(settings).map(
    ([name, value]) => html` data-${name.toLowerCase()}="${String(value || "")}"`,
  );
  return page(
    title,
    html`<h1>${title}</h1>
<div id="answer" style="display:none"${data}></div>
<script>${raw(LANDING_JS)}</script>`,
  );
}
