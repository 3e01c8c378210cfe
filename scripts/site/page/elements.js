/** What the page's modules draw with: lit-html escapes what goes into a template, and keeps the elements that stay. */
export { html, render } from "./lit-html.js";

/** The element with this id. */
export const byId = (id) => document.getElementById(id);
