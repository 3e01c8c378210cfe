import * as assert from "uvu/assert";
import { FAULTS, type FaultValues } from "../../scripts/dev-tier/index.ts";
import { settle } from "../support/clock.ts";
import { suite } from "../support/suite.ts";
import {
  ASSOCIATED,
  call,
  callJson,
  decide,
  LANDING,
  leadsTo,
  newTier,
  ORIGINS,
  openDialog,
  tokenFor,
} from "./dev-tier-support.ts";

const test = suite("dev tier: faults");

const withFaults = (changes: Partial<FaultValues>, options = {}) => {
  const tier = newTier(options);
  tier.faults.set(changes);
  return tier;
};

const APPROVED = "access_token=T&expires=86400&state=41";
const REJECTED = "&error_description=the+user+rejected+the+request";
const ERRORS = [
  ...["access_denied", "invalid_request", "unauthorized_client", "unsupported_response_type"],
  ...["invalid_scope", "server_error", "temporarily_unavailable"],
];

/** What the dialog answers when it is asked for, or when a button is pressed. */
const dialogFaults: [fault: Partial<FaultValues>, decision: string, hash: string][] = [
  ...ERRORS.map((dialogError): (typeof dialogFaults)[number] => {
    const description = `the+dev+tier+was+told+to%3a+${dialogError}`;
    return [{ dialogError }, "ask", `error=${dialogError}&error_description=${description}&state=41`];
  }),
  [{ approveAs: "one" }, "ask", APPROVED],
  // It still says a day.
  [{ tokenSeconds: 5 }, "approve", APPROVED],
  [{ wrongState: true }, "approve", "access_token=T&expires=86400&state=not-41"],
  [{ wrongState: true }, "reject", `error=access_denied${REJECTED}&state=not-41`],
  [{ badEscape: true }, "approve", "access_token=T%E0%A4%A&expires=86400&state=41"],
  [{ badEscape: true }, "reject", `error=access_denied%E0%A4%A${REJECTED}&state=41`],
];
test("faults of the dialog's answer", async () => {
  for (const [fault, decision, hash] of dialogFaults) {
    const tier = withFaults(fault);
    const response = decision === "ask" ? await openDialog(tier) : await decide(tier, { decision });
    assert.is(leadsTo(response), `${LANDING}#${hash}`);
  }
});

test("approveAs: as the account of that name", async () => {
  const tier = withFaults({ approveAs: "one" });
  assert.is((await callJson(tier, ASSOCIATED, await tokenFor(tier))).items.length, 1);
});

test("wrongOrigin: the answer goes to the API's origin, which plays the landing page only then", async () => {
  const elsewhere = LANDING.replace(ORIGINS.login, ORIGINS.api);
  assert.is((await call(newTier(), elsewhere)).status, 400);
  const tier = withFaults({ wrongOrigin: true });
  assert.is(leadsTo(await decide(tier)), `${elsewhere}#${APPROVED}`);
  assert.match(await (await call(tier, elsewhere)).text(), /data-target="https:\/\/app.example"/);
});

test("coop: on the dialog, on the 302, or on the landing page, and nowhere else", async () => {
  for (const coop of ["", "dialog", "redirect", "landing"]) {
    const tier = withFaults({ coop });
    const answers = {
      dialog: await openDialog(tier),
      redirect: await decide(tier),
      landing: await tier.login.fetch(new Request(LANDING)),
    };
    for (const [name, { headers }] of Object.entries(answers))
      assert.is(headers.get("Cross-Origin-Opener-Policy"), name === coop ? "same-origin" : null);
  }
});

test("apiError: every method ends in it, also for somebody who may call", async () => {
  for (const apiError of FAULTS.apiError.choices!.filter(Boolean)) {
    const tier = withFaults({ apiError });
    assert.is(String((await callJson(tier, ASSOCIATED, await tokenFor(tier))).error_id), apiError);
  }
});

test("apiEmptyPages: has_more for ever, and nothing behind the last account", async () => {
  const tier = withFaults({ apiEmptyPages: true });
  const token = await tokenFor(tier);
  for (const [page, count] of [
    [1, 3],
    [2, 0],
    [99, 0],
  ]) {
    const { items, has_more } = await callJson(tier, `${ASSOCIATED}?page=${page}`, token);
    assert.equal([items.length, has_more], [count, true]);
  }
});

test("apiSlow: waits, until close() at the latest", async () => {
  const tier = withFaults({ apiSlow: 600_000 });
  const pending = call(tier, "/2.0/errors");
  assert.is(await Promise.race([pending, settle()]), undefined);
  tier.close();
  assert.is((await pending).status, 200);
});

test("apiBackoff: says so, and a call before that is a throttle_violation", async () => {
  let now = 1_700_000_000_000;
  const tier = withFaults({ apiBackoff: 30 }, { now: () => now });
  const token = await tokenFor(tier);
  const ask = () => callJson(tier, ASSOCIATED, token);
  assert.is((await ask()).backoff, 30);
  now += 10_000;
  assert.equal(await ask(), {
    error_id: 502,
    error_name: "throttle_violation",
    error_message: "too many requests from this IP, more requests available in 20 seconds",
  });
  now += 20_000;
  assert.is((await ask()).error_id, undefined);
  tier.faults.reset();
  const after = await ask();
  assert.equal([after.items.length, after.backoff], [3, undefined]);
});

/** What is sent to `/dev/faults`, the answer's status, and its error. */
const changes: [body: string, status: number, error?: RegExp, type?: string][] = [
  ['{"late":50}', 200],
  ['{"twice":true}', 200],
  ['{"twice":false,"nonsense":1}', 400, /no fault named "nonsense"/],
  ['{"twice":false,"constructor":1}', 400, /no fault named "constructor"/],
  ['{"twice":"no"}', 400, /"twice" takes a boolean/],
  ['{"twice":false,"late":"x"}', 400, /"late" takes a number/],
  ['{"late":-1}', 400, /"late" takes 0 to/],
  ['{"late":600001}', 400, /"late" takes 0 to/],
  ['{"apiError":"401x"}', 400, /"apiError" takes one of "", "400"/],
  ["{", 400, /JSON/],
  ["[]", 400, /an object of faults/],
  ["null", 400, /an object of faults/],
  // What a form or a fetch of another site could send without being asked.
  ['{"late":1}', 415, /application\/json/, "text/plain"],
];
test("over HTTP: set changes what it names, a wrong one is refused and changes nothing, reset turns all off", async () => {
  const tier = newTier();
  const ask = async (method: string, body: string | null = null, type = "application/json") => {
    const init = { method, headers: { "Content-Type": type }, body };
    const response = await tier.site.fetch(new Request(`${ORIGINS.site}/dev/faults`, init));
    return { status: response.status, body: (await response.json()) as any };
  };
  for (const [body, status, error, type] of changes) {
    const answer = await ask("POST", body, type);
    assert.is(answer.status, status, body);
    if (error) assert.match(answer.body.error, error);
    else assert.equal(answer.body, tier.faults.values);
  }
  const set = (await ask("GET")).body;
  assert.equal([set.late, set.twice, tier.faults.values.late], [50, true, 50]);
  const off = Object.fromEntries(Object.entries(FAULTS).map(([name, fault]) => [name, fault.off]));
  assert.equal((await ask("DELETE")).body, off);
  assert.throws(() => tier.faults.set({ late: Number.NaN }), /"late" takes 0 to/);
});

test.run();
