import * as assert from "uvu/assert";
import { DIALOG_ERRORS, FAULTS } from "../../scripts/dev-tier/faults.ts";
import { settle } from "../support/client.ts";
import { suite } from "../support/suite.ts";
import {
  call,
  callJson,
  decide,
  LANDING,
  newTier,
  ORIGINS,
  openDialog,
  redirected,
  tokenFor,
} from "./dev-tier-support.ts";

const test = suite("dev tier: faults");

const ASSOCIATED = "/me/associated";
const COOP = "Cross-Origin-Opener-Policy";

test("set changes what it names, reset turns everything off", () => {
  const { faults } = newTier();
  faults.set({ late: 50 });
  faults.set({ twice: true });
  assert.equal([faults.values.late, faults.values.twice], [50, true]);
  faults.reset();
  assert.ok(Object.entries(FAULTS).every(([name, { off }]) => (faults.values as any)[name] === off));
});

test("a wrong name, type, number or choice is refused by name, and nothing changes", () => {
  const { faults } = newTier();
  const bad: [object, RegExp][] = [
    [{ twice: true, nonsense: 1 }, /no fault named "nonsense"/],
    [{ twice: true, constructor: 1 }, /no fault named "constructor"/],
    [{ twice: "yes" }, /"twice" takes a boolean/],
    [{ late: -1 }, /"late" takes 0 to/],
    [{ late: Number.NaN }, /"late" takes 0 to/],
    [{ apiError: "401x" }, /"apiError" takes one of/],
  ];
  for (const [changes, words] of bad) {
    assert.throws(
      () => faults.set(changes),
      (error: Error) => error instanceof TypeError && words.test(error.message),
    );
    assert.is(faults.values.twice, false);
  }
});

test("dialogError: reports each of the errors at once", async () => {
  const tier = newTier();
  for (const dialogError of DIALOG_ERRORS) {
    tier.faults.set({ dialogError });
    const { fields } = redirected(await openDialog(tier));
    assert.equal(fields[0], ["error", dialogError]);
    assert.equal(fields.at(-1), ["state", "41"]);
  }
});

test("approveAs: approves at once, as somebody who approved before", async () => {
  const tier = newTier();
  tier.faults.set({ approveAs: "one" });
  const { hash } = redirected(await openDialog(tier));
  const access_token = new URLSearchParams(hash).get("access_token")!;
  assert.is(tier.tokens.find(access_token)?.account.id, "one");
});

test("wrongState: another state than the one sent", async () => {
  const tier = newTier();
  tier.faults.set({ wrongState: true });
  for (const decision of ["approve", "reject"] as const)
    assert.is(new URLSearchParams(redirected(await decide(tier, decision)).hash).get("state"), "not-41");
});

test("badEscape: the first value cannot be decoded, the state can", async () => {
  const tier = newTier();
  tier.faults.set({ badEscape: true });
  for (const decision of ["approve", "reject"] as const) {
    const { fields } = redirected(await decide(tier, decision));
    assert.throws(() => decodeURIComponent(fields[0]![1]), /URI malformed/);
    assert.is(fields.find(([name]) => name === "state")?.[1], "41");
  }
});

test("wrongOrigin: the popup lands on the API's origin, which answers from there only then", async () => {
  const tier = newTier();
  const elsewhere = LANDING.replace(ORIGINS.login, ORIGINS.api);
  assert.is((await tier.api.fetch(new Request(elsewhere))).status, 400);
  tier.faults.set({ wrongOrigin: true });
  assert.is(redirected(await decide(tier, "approve")).to, elsewhere);
  assert.match(
    await (await tier.api.fetch(new Request(elsewhere))).text(),
    /data-target="https:\/\/app.example"/,
  );
});

test("coop: on the dialog, on the 302, or on the landing page, and nowhere else", async () => {
  const tier = newTier();
  const where = async () => {
    const answers = {
      dialog: await openDialog(tier),
      redirect: await decide(tier, "approve"),
      landing: await tier.login.fetch(new Request(LANDING)),
    };
    return Object.entries(answers)
      .filter(([, answer]) => answer.headers.get(COOP) === "same-origin")
      .map(([name]) => name);
  };
  assert.equal(await where(), []);
  for (const coop of ["dialog", "redirect", "landing"]) {
    tier.faults.set({ coop });
    assert.equal(await where(), [coop]);
  }
});

test("tokenSeconds: the token is dead after that, though the answer says a day", async () => {
  let now = 1_700_000_000_000;
  const tier = newTier({ now: () => now });
  tier.faults.set({ tokenSeconds: 5 });
  const { hash } = redirected(await decide(tier, "approve"));
  assert.match(hash, /expires=86400/);
  const token = new URLSearchParams(hash).get("access_token")!;
  assert.is((await callJson(tier, ASSOCIATED, { token })).error_id, undefined);
  now += 5000;
  assert.is((await callJson(tier, ASSOCIATED, { token })).error_id, 403);
});

test("apiError: every method ends in it, also for somebody who may call", async () => {
  const tier = newTier();
  const token = await tokenFor(tier);
  for (const apiError of FAULTS.apiError.choices!.filter(Boolean)) {
    tier.faults.set({ apiError });
    assert.is(String((await callJson(tier, ASSOCIATED, { token })).error_id), apiError);
  }
});

test("apiPreflight: the answer to OPTIONS does not allow the header, and the method still answers", async () => {
  const tier = newTier();
  tier.faults.set({ apiPreflight: true });
  const headers = { "Access-Control-Request-Headers": "authorization" };
  const response = await tier.api.fetch(
    new Request(`${ORIGINS.api}/2.0${ASSOCIATED}`, { method: "OPTIONS", headers }),
  );
  assert.is(response.status, 204);
  assert.is(response.headers.get("Access-Control-Allow-Headers"), null);
  assert.is((await callJson(tier, ASSOCIATED, { token: await tokenFor(tier) })).items.length, 3);
});

test("apiNoJson: a page of HTML, which any page may read", async () => {
  const tier = newTier();
  tier.faults.set({ apiNoJson: true });
  const response = await call(tier, ASSOCIATED, { token: await tokenFor(tier) });
  assert.is(response.status, 502);
  assert.match(response.headers.get("Content-Type")!, /^text\/html/);
  assert.is(response.headers.get("Access-Control-Allow-Origin"), "*");
  assert.match(await response.text(), /^<!doctype html>/);
});

test("apiEndless: an answer that begins and does not end before close(), also when nobody reads on", async () => {
  const tier = newTier();
  tier.faults.set({ apiEndless: true });
  const [read, abandoned] = [await call(tier, ASSOCIATED), await call(tier, ASSOCIATED)];
  assert.is(read.status, 200);
  assert.is(read.headers.get("Access-Control-Allow-Origin"), "*");
  const reader = read.body!.getReader();
  assert.is(new TextDecoder().decode((await reader.read()).value), '{"items":[');
  let ended = false;
  const rest = reader.read().then(({ done }) => {
    ended = done;
  });
  await abandoned.body!.cancel();
  // Whatever is under way goes on.
  await settle();
  assert.is(ended, false);
  tier.close();
  await rest;
  assert.is(ended, true);
});

test("apiEmptyPages: has_more for ever, and nothing behind the last account", async () => {
  const tier = newTier();
  tier.faults.set({ apiEmptyPages: true });
  const token = await tokenFor(tier);
  const page = async (number: string) => {
    const { items, has_more } = await callJson(tier, ASSOCIATED, { token, query: { page: number } });
    return [items.length, has_more];
  };
  assert.equal(
    [await page("1"), await page("2"), await page("99")],
    [
      [3, true],
      [0, true],
      [0, true],
    ],
  );
});

test("apiDropped: a network error in place of an answer", async () => {
  const tier = newTier();
  tier.faults.set({ apiDropped: true });
  assert.is((await call(tier, ASSOCIATED)).type, "error");
});

test("apiSlow: waits, and close() ends the wait", async () => {
  const tier = newTier();
  tier.faults.set({ apiSlow: 60 });
  const begin = performance.now();
  await call(tier, "/errors");
  assert.ok(performance.now() - begin >= 55);

  tier.faults.set({ apiSlow: 600_000 });
  const pending = call(tier, "/errors");
  await settle();
  tier.close();
  assert.is((await pending).status, 200);
});

test("apiBackoff: says so, and a call before that is a throttle_violation", async () => {
  let now = 1_700_000_000_000;
  const tier = newTier({ now: () => now });
  const token = await tokenFor(tier);
  tier.faults.set({ apiBackoff: 30 });
  assert.is((await callJson(tier, ASSOCIATED, { token })).backoff, 30);
  now += 10_000;
  assert.equal(await callJson(tier, ASSOCIATED, { token }), {
    error_id: 502,
    error_name: "throttle_violation",
    error_message: "too many requests from this IP, more requests available in 20 seconds",
  });
  now += 20_000;
  assert.is((await callJson(tier, ASSOCIATED, { token })).error_id, undefined);
  tier.faults.reset();
  assert.equal((await callJson(tier, ASSOCIATED, { token })).backoff, undefined);
});

test("over HTTP: read, set, refuse, reset", async () => {
  const tier = newTier();
  const ask = async (method: string, body?: string, type = "application/json") => {
    const headers: Record<string, string> = body ? { "Content-Type": type } : {};
    const response = await tier.site.fetch(
      new Request(`${ORIGINS.site}/dev/faults`, { method, headers, body: body ?? null }),
    );
    return { status: response.status, body: (await response.json()) as any };
  };
  assert.is((await ask("GET")).body.late, 0);
  assert.is((await ask("POST", '{"late":900}')).body.late, 900);
  assert.is(tier.faults.values.late, 900);
  assert.equal(await ask("POST", '{"late":"x"}'), {
    status: 400,
    body: { error: 'fault "late" takes a number' },
  });
  assert.is((await ask("POST", "{")).status, 400);
  assert.is((await ask("POST", "[]")).status, 400);
  assert.is((await ask("POST", "null")).status, 400);
  // What a form or a fetch of another site could send without being asked.
  assert.is((await ask("POST", '{"late":1}', "text/plain")).status, 415);
  assert.is(tier.faults.values.late, 900);
  assert.is((await ask("DELETE")).body.late, 0);
});

test.run();
