/** Tests of what the artifacts promise: written once, run on each. */
import vm from "node:vm";
import * as assert from "uvu/assert";
import { ALL_JS } from "../../scripts/config.ts";
import { xhrDouble } from "./api-doubles.ts";
import { accounts, plain } from "./app.ts";
import { artifactText } from "./artifact.ts";
import { type ArtifactName, Client, type Heard, type PageOptions, TICK } from "./client.ts";
import { openIndexMjs } from "./index-mjs.ts";
import { suite } from "./suite.ts";

/** Opens a new page in which an artifact has run. */
export type Open = (options?: PageOptions) => Promise<Client>;

let script: vm.Script | undefined;

const openAllJs: Open = async (options) => {
  script ??= new vm.Script(await artifactText(ALL_JS), { filename: "all.js" });
  const members = ["init", "authenticate"];
  return new Client("all.js", script, members, (client) => xhrDouble(client, options?.file), options);
};

export const ARTIFACTS: Record<ArtifactName, Open> = { "all.js": openAllJs, "index.mjs": openIndexMjs };

/** Something that each artifact does in its own way. */
export type PerArtifact<T> = Record<ArtifactName, T>;

/**
 * A suite whose tests run on both artifacts, or on the one named. What always holds (`Client.checkEnd`) is checked after each
 * test, in every page that it opened. The variable ARTIFACT leaves only the tests of one artifact.
 */
export function contract(name: string, only?: ArtifactName) {
  const test = suite(name);
  const add = (title: string, handler: (open: Open) => Promise<void>): void => {
    for (const artifact of Object.keys(ARTIFACTS) as ArtifactName[]) {
      if (artifact !== (only ?? artifact) || artifact !== (process.env.ARTIFACT ?? artifact)) continue;
      test(`${artifact}: ${title}`, async () => {
        const clients: Client[] = [];
        await handler(async (options) => {
          const client = await ARTIFACTS[artifact](options);
          clients.push(client);
          return client;
        });
        for (const client of clients) client.checkEnd();
      });
    }
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
export async function startLogin(
  open: Open,
  options?: Record<string, unknown>,
  pageOptions?: PageOptions,
): Promise<Started> {
  const client = await ready(open, pageOptions);
  return { client, heard: client.authenticate(options) };
}

/** A login that has its token and waits for the first page of accounts. */
export async function awaitingAccounts(open: Open, token = "t"): Promise<Started> {
  const started = await startLogin(open, { networkUsers: true });
  await started.client.answer(`#access_token=${encodeURIComponent(token)}&expires=86400&state={state}`);
  return started;
}

export const APPROVED = "#access_token=t&state={state}";

export interface Ending {
  networkUsers?: true;
  open?: "null";
  /** Ends the login that is under way. */
  end(client: Client): Promise<void>;
  /** What `error` is given: its name and its message. Without it, the login is a success. */
  failure?: string;
}

/** Every way in which a login ends. */
export const ENDINGS: Record<string, Ending> = {
  "an approval": { end: (client) => client.answer(APPROVED) },
  "an approval, with accounts": {
    networkUsers: true,
    async end(client) {
      await client.answer("#__proto__=x&constructor=y&toString=z&access_token=t&expires=60&state={state}");
      await client.request.answer({ items: accounts(100), has_more: true, backoff: 1 });
      await client.advance(1000);
      await client.request.answer({ items: accounts(2, 100), has_more: false });
    },
  },
  "a rejection": {
    end: (client) => client.answer("#error=access_denied&error_description=no%2c+thanks&state={state}"),
    failure: "access_denied: no, thanks",
  },
  "a rejection without a description": {
    end: (client) => client.answer("#error=access_denied&state={state}"),
    failure: "access_denied: access_denied",
  },
  "an answer with neither a token nor an error": {
    end: (client) => client.answer("#state={state}"),
    failure: "network_error: network_error",
  },
  "a closed popup": {
    end(client) {
      client.popup.closed = true;
      return client.advance(1000);
    },
    failure: "popup_closed: popup_closed",
  },
  "a blocked popup": {
    open: "null",
    end: (client) => client.advance(TICK),
    failure: "popup_blocked: popup_blocked",
  },
  "an API error": {
    networkUsers: true,
    async end(client) {
      await client.answer(APPROVED);
      await client.request.answer({ error_name: "throttle_violation", error_message: "too many" }, 400);
    },
    failure: "throttle_violation: too many",
  },
  "a connection that fails": {
    networkUsers: true,
    async end(client) {
      await client.answer(APPROVED);
      await client.request.fail();
    },
    failure: "network_error: network_error",
  },
};

/** Starts a login for `ending`. */
export function startFor(client: Client, { open, networkUsers }: Ending, options: object = {}): Heard {
  client.openBehaviour = open ?? "popup";
  return client.authenticate({ networkUsers, ...options });
}

/** The app of a login for `ending` was called once, and given what it says. */
export function gave({ failure, networkUsers }: Ending, heard: Heard, how: string): void {
  assert.is(heard.calls, 1, how);
  assert.equal(heard.failures, failure ? [failure] : [], how);
  for (const session of heard.successes) {
    assert.is(session.accessToken, "t");
    if (networkUsers) assert.equal(plain(session.networkUsers), accounts(102));
    else assert.equal([session.networkUsers, session.expirationDate], [undefined, undefined]);
  }
}
