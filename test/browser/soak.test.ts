/** Many logins in one page: nothing that the SDK makes may grow. `SOAK_LOGINS` says how many, 30 unless set. */
import * as assert from "uvu/assert";
import { eachEngine, type Page } from "../support/browsers.ts";
import { until } from "../support/engines/wait.ts";
import { type Bench, openBench, outcome } from "./bench.ts";

const LOGINS = Number(process.env.SOAK_LOGINS || 30);
/** Before counting begins: the engine compiles, and fills its caches. */
const WARM_UP = Math.min(100, LOGINS);

/**
 * The most that the heap may grow, bytes. The engine's caches and the driver's scripts grow it a little without the SDK,
 * too; what one login makes, were it held back, is one or two thousand bytes.
 */
const HEAP_LIMIT = 100_000 + 300 * LOGINS;

async function logIn(page: Page, times: number): Promise<void> {
  for (let done = 0; done < times; done++) {
    await page.click("#login");
    const { name, data } = await outcome(page);
    assert.equal([name, data.networkUsers.length], ["success", 3]);
    // What the page itself wrote down must not be taken for the SDK's.
    await page.evaluate("bench.calls.length = bench.opened.length = bench.heard.length = 0");
  }
}

/** What the page, and all the windows of its process, hold after garbage was collected. */
async function holds(page: Page): Promise<Record<string, number>> {
  await until("the last popup to be gone", async () => (await page.windows()) === 1);
  const session = await page.devTools!();
  await session.send("Performance.enable");
  // More than one, because what the first lets go can hold more.
  for (let round = 0; round < 3; round++) await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  const wanted = ["JSHeapUsedSize", "Nodes", "Documents", "JSEventListeners"];
  const counted = metrics.filter(({ name }) => wanted.includes(name)).map(({ name, value }) => [name, value]);
  await session.detach();
  const own = await page.evaluate(() => ({
    globals: Object.getOwnPropertyNames(window).length,
    elements: document.getElementsByTagName("*").length,
    failures: (window as any).bench.failures.length,
    leftovers: (window as any).bench.leftovers().length,
  }));
  return { ...Object.fromEntries(counted), ...own };
}

eachEngine(
  "soak",
  ({ test, engine }) => {
    let bench: Bench;
    test.before(async () => {
      bench = await openBench();
    });
    test.after(() => bench?.close());

    test(`${LOGINS} logins in one page leave nothing behind`, async () => {
      // Silent approval, as for a user who approved before; three accounts, so that each login has its request, too.
      const page = await bench.open(engine(), { networkUsers: true }, { faults: { approveAs: "three" } });
      await page.waitFor("bench.version");
      await logIn(page, WARM_UP);
      const before = await holds(page);
      await logIn(page, LOGINS);
      const after = await holds(page);
      await page.dispose();

      const { JSHeapUsedSize: growth, ...grown } = Object.fromEntries(
        Object.entries(after).map(([name, value]) => [name, value - before[name]!]),
      );
      console.log(
        `\n  ${engine().version}, ${LOGINS} logins: the heap grew by ${Math.round(growth! / LOGINS)} B each`,
      );
      for (const [name, more] of Object.entries(grown)) assert.ok(more <= 0, `${name}: ${more} more`);
      assert.equal([after.failures, after.leftovers], [0, 0]);
      assert.ok(growth! <= HEAP_LIMIT, `the heap grew by ${growth} B, more than ${HEAP_LIMIT}`);
    });
  },
  // The one engine that tells what a page holds.
  ["chromium"],
);
