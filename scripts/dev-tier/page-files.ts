/** The text of the files in `pages/`. A bundle has them built in (scripts/site/worker/bundle.ts). */
import { readFileSync } from "node:fs";

const read = (name: string) => readFileSync(new URL(`./pages/${name}`, import.meta.url), "utf8");

export const LOGIN_CSS = read("login.css");
export const LANDING_JS = read("landing.js");
