import * as assert from "uvu/assert";
import { DIALOG_ERRORS, FAULTS } from "../../scripts/dev-tier/faults.ts";
import { suite } from "../support/suite.ts";
import {
  call,
  callJson,
  decide,
  keyOf,
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
  const who = { access_token: new URLSearchParams(hash).get("access_token")!, key: keyOf(tier) };
  assert.is((await callJson(tier, ASSOCIATED, who)).error_id, undefined);
  now += 5000;
  assert.is((await callJson(tier, ASSOCIATED, who)).error_id, 403);
});

test("apiError: every method ends in it, also for somebody who may call", async () => {
  const tier = newTier();
  const who = { access_token: await tokenFor(tier), key: keyOf(tier) };
  for (const apiError of FAULTS.apiError.choices!.filter(Boolean)) {
    tier.faults.set({ apiError });
    assert.is(String((await callJson(tier, ASSOCIATED, who)).error_id), apiError);
  }
});

test("apiSilent and apiTwice: the callback is called never, or two times", async () => {
  const tier = newTier();
  const who = { access_token: await tokenFor(tier), key: keyOf(tier), callback: "f" };
  const calls = async () => {
    let count = 0;
    new Function("f", await (await call(tier, ASSOCIATED, who)).text())(() => count++);
    return count;
  };
  assert.is(await calls(), 1);
  tier.faults.set({ apiSilent: true });
  assert.is(await calls(), 0);
  tier.faults.set({ apiSilent: false, apiTwice: true });
  assert.is(await calls(), 2);
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
  setTimeout(() => tier.close(), 10);
  assert.is((await pending).status, 200);
});

test("apiBackoff: says so, and a call before that is a throttle_violation", async () => {
  let now = 1_700_000_000_000;
  const tier = newTier({ now: () => now });
  const who = { access_token: await tokenFor(tier), key: keyOf(tier) };
  tier.faults.set({ apiBackoff: 30 });
  assert.is((await callJson(tier, ASSOCIATED, who)).backoff, 30);
  now += 10_000;
  assert.equal(await callJson(tier, ASSOCIATED, who), {
    error_id: 502,
    error_name: "throttle_violation",
    error_message: "too many requests from this IP, more requests available in 20 seconds",
  });
  now += 20_000;
  assert.is((await callJson(tier, ASSOCIATED, who)).error_id, undefined);
  tier.faults.reset();
  assert.equal((await callJson(tier, ASSOCIATED, who)).backoff, undefined);
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
