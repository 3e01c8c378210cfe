/** How a login ends, and what the app is given. */
import * as assert from "uvu/assert";
import { readReference } from "../../scripts/site/reference.ts";
import { TOKEN } from "../support/app.ts";
import {
  APPROVED,
  contract,
  ENDINGS,
  gave,
  type PerArtifact,
  ready,
  startFor,
  startLogin,
} from "../support/contract.ts";

const test = contract("how a login ends");

for (const [how, ending] of Object.entries(ENDINGS)) {
  const { failure, networkUsers, end } = ending;

  test(`${how}: one callback, later, when nothing is left; what comes then is not heard`, async (open) => {
    const client = await ready(open);
    let returned = false;
    const seen: unknown[] = [];
    const look = () =>
      seen.push(
        returned,
        client.left(),
        client.popups.every(({ closed }) => closed),
      );
    const heard = startFor(client, ending, { success: look, error: look });
    returned = true;
    await end(client);
    assert.equal(seen, [true, [], true]);

    const asked = client.requests.length;
    for (const hash of client.popups.length ? [APPROVED, "#error=server_error&state={state}"] : [])
      await client.answer(hash);
    await client.advance(60_000);
    assert.is(client.requests.length, asked);
    assert.ok(networkUsers || asked === 0);
    gave(ending, heard, how);
  });

  test(`${how}: an exception in the app's callback is the app's; without an error callback it is silent`, async (open) => {
    const client = await ready(open);
    const exception = new Error("the app's");
    const throws = () => {
      throw exception;
    };
    startFor(client, ending, { success: throws, error: throws });
    await end(client);
    await client.advance(60_000);
    const uncaught = client.uncaught.splice(0);
    assert.ok(uncaught.length === 1 && uncaught[0] === exception);
    if (!failure) return;
    const heard = startFor(client, ending, { error: undefined });
    await end(client);
    assert.is(heard.calls, 0);
    assert.equal(client.left(), []);
  });

  test(`${how}: what becomes of its options and of SE meanwhile does not reach it`, async (open) => {
    for (const other of [() => assert.unreachable("the later callback was called"), null]) {
      const client = await ready(open);
      const heard: string[] = [];
      const options = {
        networkUsers,
        success: () => heard.push("success"),
        error: () => heard.push("error"),
      };
      client.openBehaviour = ending.open ?? "popup";
      client.SE.authenticate(options);
      Object.assign(options, { networkUsers: !networkUsers, success: other, error: other });
      client.realm.SE = undefined;
      await end(client);
      assert.equal(heard, [failure ? "error" : "success"]);
      assert.equal(client.left(), []);
    }
  });
}

/** Answers of the dialog, and the token with its seconds, or the error's name and message. */
const answers: [hash: string, given: string | PerArtifact<string>][] = [
  [`#access_token=${encodeURIComponent(TOKEN)}&expires=86400`, `${TOKEN} for 86400 s`],
  ["#state={state}&expires=1&access_token=t", "t for 1 s"],
  ["#access_token=t&state={state}&expires=1", "t for 1 s"],
  ["#access_token=t", "t for ever"],
  ["#access_token=t&expires=", "t for ever"],
  // Names that only look alike.
  ["#xaccess_token=no&access_token_x=no&xstate=no&access_token=t&state={state}&expires_in=5", "t for ever"],
  ["#error=access_denied&error_description=no%2c+thanks", "access_denied: no, thanks"],
  [
    "#error=access_denied&error_description=%c3%a9mus%c3%a9s+%2b+1%26",
    "access_denied: \u00e9mus\u00e9s + 1&",
  ],
  ["#error=server_error", "server_error: server_error"],
  ["#error_description=e&error=invalid_scope", "invalid_scope: e"],
  ["#error=access_denied&error_description=", "access_denied: access_denied"],
  ["#error_description=no+name", "network_error: no name"],
  ["#", "network_error: network_error"],
  ["#access_token=", "network_error: network_error"],
  ["#access_token=&error=access_denied", "access_denied: access_denied"],
  // An escape that does not decode: all.js drops the value, the module's URLSearchParams leaves the escape.
  [
    "#error=access_denied&error_description=100%",
    { "all.js": "access_denied: access_denied", "index.mjs": "access_denied: 100%" },
  ],
  [
    "#error=%E0%A4%A&error_description=%+%",
    { "all.js": "network_error: network_error", "index.mjs": "\ufffd%A: % %" },
  ],
  ["#access_token=%zz", { "all.js": "network_error: network_error", "index.mjs": "%zz for ever" }],
];
for (const [hash, given] of answers) {
  test(`the answer ${hash}`, async (open) => {
    const { client, heard } = await startLogin(open, { networkUsers: false });
    await client.answer(hash.includes("{state}") ? hash : `${hash}&state={state}`);
    const texts = [
      ...heard.failures,
      ...heard.successes.map(({ accessToken, expirationDate: date }) => {
        if (date !== undefined) assert.is(Object.prototype.toString.call(date), "[object Date]");
        return `${accessToken} for ${date ? `${(date - client.now) / 1000} s` : "ever"}`;
      }),
    ];
    assert.equal(texts, [typeof given === "string" ? given : given[client.name]]);
  });
}

test("what it ends in by itself is what the types have under the SDK's own, no more and no less", async () => {
  const sent = ["access_denied", "throttle_violation"];
  const ends = Object.values(ENDINGS).flatMap(({ failure }) => failure?.split(":")[0] ?? []);
  const own = readReference().errors.filter(({ group }) => group === "The SDK's own");
  const names = own.map(({ name }) => name);
  assert.equal([...new Set(ends)].filter((name) => !sent.includes(name)).sort(), names.sort());
});

test.run();
