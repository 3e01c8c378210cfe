/** The first page: what it is, script and module side by side, and the reference. */
import type { Manifest } from "../build/emit.ts";
import { code, escapeHtml, prose, snippet, table } from "./html.ts";
import type { Reference } from "./reference.ts";
import { snippetsOf } from "./snippets.ts";

/** In the order of the page. */
const SECTIONS: [interfaceName: string, heading: string][] = [
  ["StackExchangeAuth", "SE: the hosted script"],
  ["ScriptInitOptions", "Options of SE.init"],
  ["Ready", "What complete is given"],
  ["ScriptAuthenticateOptions", "Options of SE.authenticate"],
  ["ScriptAuthenticateWithUsersOptions", "Options of SE.authenticate, with accounts"],
  ["InitOptions", "Options of init, in the module"],
  ["AuthenticateOptions", "Options of authenticate, in the module"],
  ["AuthenticateWithUsersOptions", "Options of authenticate, with accounts, in the module"],
  ["Session", "Session: what success is given"],
  ["SessionWithUsers", "Session with accounts"],
  ["NetworkUser", "NetworkUser: an account on one site"],
  ["Failure", "Failure: what error is given"],
  ["LoginOptions", "Options of login, in the module"],
  ["AuthError", "AuthError: why a login of the module failed"],
];

const idOf = (name: string): string => name.toLowerCase();

/** A type, with links to the interfaces that it names. */
function typeOf(type: string, known: ReadonlySet<string>): string {
  const link = (word: string): string => (known.has(word) ? `<a href="#${idOf(word)}">${word}</a>` : word);
  const lines = type.split("\n").map((line) => `<code>${escapeHtml(line).replace(/\w+/g, link)}</code>`);
  return lines.join("<br>");
}

/** A part of the reference: a heading, sentences, and a table or what else is in `body`. */
function section(name: string, heading: string, doc: string[], body: string): string {
  return `<section aria-labelledby="${idOf(name)}">
<h3 id="${idOf(name)}">${heading}</h3>
${doc.map((text) => `<p>${prose(text)}</p>`).join("\n")}
${body}
</section>`;
}

/** Throws an Error when the types have an interface that no section shows. */
export function documentationPage(manifest: Manifest, reference: Reference, origin?: string): string {
  const { interfaces, errors, scopes } = reference;
  const shown = SECTIONS.map(([name]) => name);
  const unknown = interfaces.find(({ name }) => !shown.includes(name));
  if (unknown) throw new Error(`the documentation has no section for ${unknown.name}`);
  const known = new Set([...shown, "Scope", "ErrorName"]);
  const snippets = snippetsOf(manifest, origin);
  const show = (id: string): string => snippet(id, ...snippets[id]!);
  const size = (name: string): string => {
    const { raw, gzip, brotli } = manifest.files[name]!;
    return `${gzip} bytes with gzip, ${brotli} with brotli, ${raw} uncompressed`;
  };
  const sections = SECTIONS.map(([name, heading]) => {
    const { doc, inherits, members } = interfaces.find((each) => each.name === name)!;
    const rows = members.map((member) => {
      const hint = member.deprecated ? "not needed" : member.optional ? "optional" : "";
      return [
        `${code(member.name)}${hint && ` <span class="hint">${hint}</span>`}`,
        typeOf(member.type, known),
        member.doc.map(prose).join("<br>"),
      ];
    });
    const all = inherits ? `<p>Everything of ${typeOf(inherits, known)}, and:</p>\n` : "";
    return section(name, heading, doc, all + table(heading, ["Name", "Type", "Meaning"], rows));
  });
  const errorRows = errors.map(({ name, group, doc }) => [code(name), escapeHtml(group), prose(doc)]);
  return `<h1>Sign in with Stack Exchange</h1>
<p class="lead">A login for any web page, through a popup, in about a kilobyte. Every login ends in exactly one callback, also when
the popup is blocked or closed, or the API never answers. An answer is accepted only if its origin, its window and its state are right.
This is a re-implementation, not Stack Exchange's own.</p>
<p><a role="button" href="playground.html">Try it in the playground</a></p>
<h2 id="use">Use it</h2>
<div class="grid">
<article aria-labelledby="script-title">
<h3 id="script-title">The hosted script</h3>
<p>For every browser since IE 9, and a global, <code>SE</code>. Build ${escapeHtml(manifest.buildNumber)}: ${size("all.js")}.</p>
${show("script-alias")}
${show("script-pinned")}
${show("script-use")}
</article>
<article aria-labelledby="module-title">
<h3 id="module-title">The ES module</h3>
<p>For browsers of today: <code>fetch</code>, promises, an <code>AbortSignal</code>. ${size("index.mjs")}.</p>
${show("module-install")}
${show("module-use")}
${show("module-timeout")}
</article>
</div>
<p>Register your app at <a href="https://stackapps.com/apps/oauth">Stack Apps</a>: it gets the client id. Turn the implicit grant (client side
flow) on, leave the non-web redirect (desktop redirect) enabled, and enter the host of your pages as the OAuth domain.
<code>/blank</code> is an empty page of your site for IE 9; other browsers never load it.</p>
<h2 id="reference">Reference</h2>
${sections.join("\n")}
${section("Scope", "Scope: a permission to ask for", scopes.doc, `<p>${scopes.names.map(code).join(", ")}</p>`)}
${section("ErrorName", "ErrorName: how a login can fail", [], table("Errors", ["errorName", "Whose", "When"], errorRows))}`;
}
