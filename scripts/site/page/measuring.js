/** Shows the costs of the features as soon as they are measured: asks for this page again until they are in it. */
import { byId } from "./elements.js";

const SECONDS = 4;

async function look() {
  const text = await (await fetch(location.href)).text();
  const page = new DOMParser().parseFromString(text, "text/html");
  if (page.getElementById("measuring")) return setTimeout(look, SECONDS * 1000);
  byId("costs").replaceWith(page.getElementById("costs"));
}

if (byId("measuring")) setTimeout(look, SECONDS * 1000);
