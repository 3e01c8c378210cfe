/** Tests of what both artifacts promise: written once, run on each. */
import { openAllJs } from "./all-js.ts";
import type { ArtifactName, Client, Heard } from "./client.ts";
import { openIndexMjs } from "./index-mjs.ts";
import { suite } from "./suite.ts";
import type { PageOptions } from "./window-double.ts";

/** Opens a new page in which an artifact has run. */
export type Open = (options?: PageOptions) => Promise<Client>;

export const ARTIFACTS: Record<ArtifactName, Open> = { "all.js": openAllJs, "index.mjs": openIndexMjs };

/** Those under test: both, or the one that the variable ARTIFACT names. */
export const UNDER_TEST = (Object.keys(ARTIFACTS) as ArtifactName[]).filter(
  (name) => !process.env.ARTIFACT || name === process.env.ARTIFACT,
);

/** Something that each artifact does in its own way. */
export type PerArtifact<T> = Record<ArtifactName, T>;

/** The same for both. */
export const both = <T>(value: T): PerArtifact<T> => ({ "all.js": value, "index.mjs": value });

/** A suite whose tests run on both artifacts, the artifact's name before each title. */
export function contract(name: string) {
  const test = suite(name);
  const add = (title: string, handler: (open: Open) => Promise<void>): void => {
    for (const artifact of UNDER_TEST) test(`${artifact}: ${title}`, () => handler(ARTIFACTS[artifact]));
  };
  return Object.assign(add, { run: () => test.run() });
}

/** A page after `init`, ready for a login. */
export async function ready(open: Open, pageOptions?: PageOptions): Promise<Client> {
  const client = await open(pageOptions);
  client.init();
  await client.advance(1);
  return client;
}

export interface Started {
  client: Client;
  heard: Heard;
}

/** A page with one login under way. */
export async function startLogin(open: Open, options?: object, pageOptions?: PageOptions): Promise<Started> {
  const client = await ready(open, pageOptions);
  return { client, heard: client.authenticate(options) };
}

/** A login that has its token and waits for the first page of accounts. */
export async function awaitingAccounts(open: Open, options?: object, token = "t"): Promise<Started> {
  const started = await startLogin(open, { networkUsers: true, ...options });
  await started.client.answer(`#access_token=${encodeURIComponent(token)}&expires=86400&state={state}`);
  return started;
}
