/** Adds a Copy button to each piece of code. */
import { html, render } from "./elements.js";

for (const figure of document.querySelectorAll("figure.snippet")) {
  const caption = figure.querySelector("figcaption");
  const text = figure.querySelector("pre");
  const label = caption.textContent;
  const copy = async () => {
    const said = caption.querySelector("[role=status]");
    try {
      await navigator.clipboard.writeText(text.textContent);
      said.textContent = "Copied";
    } catch {
      // Without permission, or over plain http: the text is selected, for the user to copy.
      getSelection().selectAllChildren(text);
      said.textContent = "Selected: press Ctrl-C";
    }
  };
  const button = html` <button type="button" class="small outline copy" @click=${copy}>
      Copy<span class="visually-hidden">: ${label}</span>
    </button>
    <span class="hint" role="status"></span>`;
  render(button, caption);
}
