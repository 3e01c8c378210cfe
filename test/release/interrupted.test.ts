/** A release that is killed at any step: pages get the old build or the new one, and the next release puts all right. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import * as assert from "uvu/assert";
import { listBuilds } from "../../scripts/release/describe.ts";
import { FORMS, layout } from "../../scripts/release/folders.ts";
import { release, switchTo } from "../../scripts/release/publish.ts";
import { suite } from "../support/suite.ts";
import { codeOf, makeDist, servedBy, treeOf, withFolder } from "./support.ts";

const test = suite("interrupted CDN release");

interface Scene {
  name: string;
  /** The release folder before. */
  before: string;
  dist: string;
  /** What the alias serves before, and after. */
  old: string | null;
  new: string;
  steps: string[];
  /** The folder after a release that nobody interrupts. */
  whole: Record<string, string>;
}

async function scene(folder: string, name: string, old: string | null): Promise<Scene> {
  const before = join(folder, name);
  if (old) await release({ root: before, from: await makeDist(join(folder, `dist-${old}`), old) });
  const dist = await makeDist(join(folder, "dist-8"), "8");
  const undisturbed = `${before}-whole`;
  if (old)
    await cp(before, undisturbed, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  const steps: string[] = [];
  await release({ root: undisturbed, from: dist, onStep: (step) => void steps.push(step) });
  const whole = await treeOf(undisturbed);
  return { name, before, dist, old: old && codeOf(old), new: codeOf("8"), steps, whole };
}

async function copyOf({ before, old }: Scene, to: string): Promise<string> {
  if (old) await cp(before, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  return to;
}

async function assertSound(root: string, { old, new: next }: Scene, step: string): Promise<void> {
  assert.is(await servedBy(root), step === "drop the lock" ? next : old, `killed before "${step}"`);
  for (const { build, damage } of await listBuilds(root)) {
    assert.is(damage, null, `build ${build}, killed before "${step}"`);
  }
}

async function assertMended(root: string, { dist, new: next, whole }: Scene, step: string): Promise<void> {
  await release({ root, from: dist });
  assert.is(await servedBy(root), next);
  assert.equal(await treeOf(root), whole, `released again after a kill before "${step}"`);
}

const childPath = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

async function killedBefore(step: string, root: string, dist: string): Promise<string | null> {
  const child = spawn(process.execPath, ["--import", "tsx", childPath("killed-child.ts"), root, dist, step], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [, signal] = (await once(child, "exit")) as [number | null, string | null];
  return signal;
}

const STEPS = [
  "take the lock",
  "sweep",
  "write all.js",
  "write all.js.gz",
  "write all.js.br",
  "write manifest.json",
  "read back",
  "publish the build",
  "write the map",
  "switch the alias",
  "drop the lock",
];

test("the steps are the ones that the other tests interrupt", async () => {
  await withFolder(async (folder) => {
    assert.equal((await scene(folder, "second", "7")).steps, STEPS);
    const first = (await scene(folder, "first", null)).steps;
    assert.equal(
      first.filter((step) => !STEPS.includes(step)),
      ["write public/_headers", "write nginx.conf", "link all.js", "link all.js.gz", "link all.js.br"],
    );
    assert.is(first.at(-2), "switch the alias");
  });
});

test("killed with SIGKILL at each step: the alias serves the old build, whole, and the next release completes", async () => {
  await withFolder(async (folder) => {
    for (const one of [await scene(folder, "second", "7"), await scene(folder, "first", null)]) {
      const kill = async (step: string, index: number) => {
        const root = await copyOf(one, join(folder, `${one.name}-${index}`));
        assert.is(await killedBefore(step, root, one.dist), "SIGKILL", `it lived through "${step}"`);
        await assertSound(root, one, step);
        await assertMended(root, one, step);
      };
      // The first release has every step of the second and a few more; those are enough there.
      const steps = one.old ? one.steps : one.steps.filter((step) => !STEPS.includes(step));
      for (let at = 0; at < steps.length; at += 2) {
        await Promise.all(steps.slice(at, at + 2).map((step, index) => kill(step, at + index)));
      }
    }
  });
});

test("killed at random moments, again and again: each read of each form gives a whole build", async () => {
  await withFolder(async (folder) => {
    const root = join(folder, "cdn");
    const unpack = [(bytes: Buffer) => bytes, gunzipSync, brotliDecompressSync];
    let reads = 0;
    const readAll = async (): Promise<void> => {
      for (const [index, form] of FORMS.entries()) {
        const text = unpack[index]!(await readFile(layout(root).alias(form))).toString();
        const [, number] = /version:"(\d+)"/.exec(text) ?? [];
        assert.is(text, codeOf(number!), form);
        reads++;
      }
    };
    for (let round = 0; round < 6; round++) {
      const child = spawn(process.execPath, ["--import", "tsx", childPath("busy-child.ts"), root, folder], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const gone = once(child, "exit");
      await once(child.stdout, "data");
      const end = Date.now() + Math.random() * 200;
      do await readAll();
      while (Date.now() < end);
      child.kill("SIGKILL");
      assert.is((await gone)[1], "SIGKILL");
      await readAll();
    }
    assert.ok(reads > 50, `${reads} reads`);
    await release({ root, from: await makeDist(join(folder, "7"), "7") });
    assert.is(await servedBy(root), codeOf("7"));
    for (const { build, damage } of await listBuilds(root)) assert.is(damage, null, build);
  });
});

test("an error at each step, such as a full disk: the same, and nothing is left lying about", async () => {
  await withFolder(async (folder) => {
    for (const one of [await scene(folder, "second", "7"), await scene(folder, "first", null)]) {
      for (const [index, step] of one.steps.entries()) {
        const root = await copyOf(one, join(folder, `${one.name}-${index}`));
        const onStep = (at: string) => {
          if (at === step) throw new Error("ENOSPC");
        };
        const error = await release({ root, from: one.dist, onStep }).catch((thrown: Error) => thrown);
        assert.is((error as Error).message, "ENOSPC");
        await assertSound(root, one, step);
        const leavings = await readdir(join(root, "private")).catch(() => []);
        assert.equal(
          leavings.filter((name) => name !== "maps"),
          [],
          step,
        );
        await assertMended(root, one, step);
      }
    }
  });
});

test("an interrupted rollback leaves the newer build serving", async () => {
  await withFolder(async (folder) => {
    const root = join(folder, "cdn");
    for (const number of ["7", "8"])
      await release({ root, from: await makeDist(join(folder, number), number) });
    for (const step of ["take the lock", "sweep", "switch the alias"]) {
      const onStep = (at: string) => {
        if (at === step) throw new Error("interrupted");
      };
      await switchTo(root, "7", onStep).catch(() => {});
      assert.is(await servedBy(root), codeOf("8"), step);
    }
    await switchTo(root, "7");
    assert.is(await servedBy(root), codeOf("7"));
  });
});

test("of several releases at once one goes through, and the others are refused in a sentence", async () => {
  await withFolder(async (folder) => {
    const root = join(folder, "cdn");
    const numbers = ["1", "2", "3", "4", "5", "6"];
    const dists = await Promise.all(numbers.map((number) => makeDist(join(folder, number), number)));
    const results = await Promise.allSettled(dists.map((from) => release({ root, from })));
    const won = numbers.filter((_, index) => results[index]!.status === "fulfilled");
    assert.is(won.length, 1);
    for (const result of results) {
      if (result.status === "rejected")
        assert.match(result.reason.message, /another release (is|was) at work here/);
    }
    assert.is(await servedBy(root), codeOf(won[0]!));
    assert.equal(
      (await listBuilds(root)).map(({ build }) => build),
      won,
    );
  });
});

test.run();
