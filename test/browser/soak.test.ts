/**
 * Many logins in one page: nothing that the SDK makes may grow. `SOAK_LOGINS` says how many (30);
 * `SOAK_LOGINS=1000 ENGINES=chromium npx uvu -r tsx test/browser soak` does 1,000 and shows its progress.
 */
import * as assert from "uvu/assert";
import { eachEngine, type Page } from "../support/browsers.ts";
import { until } from "../support/engines/wait.ts";
import { type Bench, openBench } from "./bench.ts";

const LOGINS = Number(process.env.SOAK_LOGINS || 30);
if (!Number.isInteger(LOGINS) || LOGINS < 20)
  throw new Error("SOAK_LOGINS must be a whole number from 20 on");
/** Before counting begins: the engine compiles, and fills its caches. */
const WARM_UP = Math.min(100, LOGINS);

/**
 * The most that the heap may grow, bytes. The engine's caches and the driver's scripts grow it a little without the SDK,
 * too (the control's figure); what one login makes, were it held back, is one or two thousand bytes.
 */
const HEAP_LIMIT = 100_000 + 300 * LOGINS;

/** What a login does to a page, without the SDK: a popup that comes and goes, and a request. */
const CONTROL = `<button id="control">control</button><script>
  document.getElementById("control").onclick = () => {
    const popup = window.open("/blank?" + Math.random(), "_blank", "width=660,height=480");
    setTimeout(() => {
      popup.close();
      const request = new XMLHttpRequest();
      request.onloadend = () => bench.told("success")({ networkUsers: [1, 2, 3] });
      request.open("GET", "/start.js?" + Math.random());
      request.send();
    }, 50);
  };
</script>`;

eachEngine(
  "soak",
  ({ test, engine }) => {
    let bench: Bench;
    test.before(async () => {
      bench = await openBench();
      // Silent approval, as for a user who approved before; three accounts, so that each login has its request, too.
      bench.tier.faults.set({ approveAs: "three" });
      bench.serve("/soak", { body: CONTROL });
    });
    test.after(() => bench?.close());

    async function logIn(page: Page, times: number, button = "#login"): Promise<void> {
      for (let done = 0; done < times; done++) {
        await page.click(button);
        await page.waitFor("bench.calls.length");
        const ended = await page.evaluate((): string => {
          const { bench: self } = window as any;
          const [{ name, data }, ...more] = self.calls;
          // What the page itself wrote down must not be taken for the SDK's.
          for (const list of ["calls", "opened", "heard"]) self[list].length = 0;
          return `${name} ${more.length} ${data.networkUsers?.length}`;
        });
        assert.is(ended, "success 0 3");
        if (times >= 200 && done % 100 === 99)
          process.stderr.write(`  ${done + 1} of ${times} of the control\n`);
      }
    }

    async function holds(page: Page): Promise<Record<string, number>> {
      await until("the last popup to be gone", async () => (await page.windows()) === 1);
      const footprint = await page.footprint!();
      const own = await page.evaluate((): Record<string, number> => {
        const { bench: self } = window as any;
        return {
          globals: Object.getOwnPropertyNames(window).length,
          elements: document.getElementsByTagName("*").length,
          timers: self.intervals.length + self.timeouts.length,
          failures: self.failures.length,
          leftovers: self.leftovers().length,
        };
      });
      return { ...footprint, ...own };
    }

    test(`${LOGINS} logins in one page leave nothing behind`, async () => {
      const page = await bench.open(engine(), { networkUsers: true }, { path: "/soak", fresh: true });
      await page.waitFor("bench.version");
      await logIn(page, WARM_UP);
      const before = await holds(page);
      const start = Date.now();
      // The heap at each tenth of the way: what is held back grows it evenly, what a cache takes does not.
      const heaps = [before.heap!];
      for (let tenth = 1; tenth <= 10; tenth++) {
        await logIn(page, Math.round((LOGINS * tenth) / 10) - Math.round((LOGINS * (tenth - 1)) / 10));
        heaps.push((await holds(page)).heap!);
        if (LOGINS >= 200) process.stderr.write(`  ${tenth * 10} % of ${LOGINS} logins\n`);
      }
      const seconds = (Date.now() - start) / 1_000;
      const after = await holds(page);

      const rows = Object.entries(after).map(
        ([name, value]) =>
          `  ${name.padEnd(17)}${String(before[name]).padStart(10)}${String(value).padStart(10)}`,
      );
      const growth = after.heap! - before.heap!;
      console.log(
        `\n  ${engine().version}: ${LOGINS} logins after ${WARM_UP} to warm up, ${seconds.toFixed(0)} s; before and after:\n` +
          `${rows.join("\n")}\n  heap: ${(growth / LOGINS).toFixed(0)} B a login; ` +
          `at each tenth, kB: ${heaps.map((heap) => (heap / 1_000).toFixed(0)).join(" ")}`,
      );
      if (LOGINS >= 500) {
        await logIn(page, WARM_UP, "#control");
        const controlBefore = (await page.footprint!()).heap;
        await logIn(page, LOGINS, "#control");
        const control = (await page.footprint!()).heap - controlBefore;
        console.log(
          `  without the SDK, as many popups and requests of the page's own: ${(control / LOGINS).toFixed(0)} B each`,
        );
      }

      for (const [name, value] of Object.entries(after)) {
        if (name !== "heap")
          assert.ok(value <= before[name]!, `${name}: ${before[name]} before, ${value} after`);
      }
      assert.is(after.messageListeners, 1, "the page's own");
      for (const name of ["failures", "leftovers", "timers"]) assert.is(after[name], 0, name);
      assert.ok(growth <= HEAP_LIMIT, `the heap grew by ${growth} B, more than ${HEAP_LIMIT}`);
      await page.dispose();
    });
  },
  // The one engine that tells what a page holds.
  ["chromium"],
);
