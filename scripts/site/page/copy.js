/** Adds a Copy button to each piece of code. */
import { element } from "./elements.js";

for (const figure of document.querySelectorAll("figure.snippet")) {
  const caption = figure.querySelector("figcaption");
  const text = figure.querySelector("pre");
  const button = element(
    "button",
    { type: "button", className: "small copy" },
    "Copy",
    element("span", { className: "visually-hidden" }, `: ${caption.textContent}`),
  );
  const said = element("span", { className: "hint", role: "status" });
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
      said.textContent = "Copied";
    } catch {
      // Without permission, or over plain http: the text is selected, for the user to copy.
      getSelection().selectAllChildren(text);
      said.textContent = "Selected: press Ctrl-C";
    }
  });
  caption.append(" ", button, " ", said);
}
