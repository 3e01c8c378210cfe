/** A release that is killed at any moment: pages get the old build or the new one, and the next release puts all right. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import syncFs, { cpSync, existsSync, lstatSync, readdirSync, rmSync } from "node:fs";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import * as assert from "uvu/assert";
import { inspect } from "../../scripts/release/describe.ts";
import { FORMS, layout } from "../../scripts/release/folders.ts";
import { withLock } from "../../scripts/release/lock.ts";
import { release, switchTo } from "../../scripts/release/publish.ts";
import { suite } from "../support/suite.ts";
import { assertRefused, codeOf, makeDist, servedBy, treeOf, withFolder, withRelease } from "./support.ts";

const test = suite("interrupted CDN release");

/**
 * Does `work` until its change of the disk with number `stop`, which fails, half written. With `killed`, each one after it
 * fails, too, so that nothing is tidied up. Gives the name of that change; undefined when there were fewer.
 */
async function interrupted(stop: number, killed: boolean, work: () => Promise<unknown>) {
  const originals: Record<string, any> = { ...fs };
  const { rmSync } = syncFs;
  let count = 0;
  let stopped: string | undefined;
  const stops = (name: string): boolean => {
    if (++count === stop) stopped = name;
    return count === stop || (killed && count > stop);
  };
  for (const [name, original] of Object.entries(originals)) {
    if (typeof original !== "function" || /^(read|l?stat)/.test(name)) continue;
    Object.assign(fs, {
      async [name](...args: any[]) {
        if (!stops(name)) return original(...args);
        if (name === "writeFile") await original(args[0], args[1].subarray(0, 9));
        throw new Error("interrupted");
      },
    });
  }
  syncFs.rmSync = (...args) => stops("rmSync") || rmSync(...args);
  syncBuiltinESMExports();
  try {
    const error = await work().catch((thrown: Error) => thrown);
    if (stopped && stopped !== "rmSync") assert.is((error as Error).message, "interrupted");
    return stopped;
  } finally {
    Object.assign(fs, originals);
    syncFs.rmSync = rmSync;
    syncBuiltinESMExports();
  }
}

/** The lock leads nowhere, so existsSync does not see it. */
const isLocked = (root: string) => lstatSync(layout(root).lock, { throwIfNoEntry: false }) !== undefined;

interface Scene {
  name: string;
  /** The builds that are there before, and the one that the alias serves afterwards. */
  builds: string[];
  to: string;
  work(root: string, dist: string): Promise<unknown>;
}

const SCENES: Scene[] = [
  { name: "a first release", builds: [], to: "8", work: (root, from) => release({ root, from }) },
  { name: "a second release", builds: ["7"], to: "8", work: (root, from) => release({ root, from }) },
  { name: "a rollback", builds: ["8", "7"], to: "8", work: (root) => switchTo(root, "8") },
];

for (const { name, builds, to, work } of SCENES) {
  for (const [how, killed] of [
    ["killed", true],
    ["refused by the disk", false],
  ] as const) {
    test(`${name} that is ${how} at any change: the old build or the new one, whole, and the next completes`, async () => {
      await withRelease(builds, async (before, folder) => {
        const dist = await makeDist(join(folder, "dist"), to);
        const copy = (name: string) => {
          const copied = join(folder, name);
          if (existsSync(before))
            cpSync(before, copied, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
          return copied;
        };
        const undisturbed = copy("whole");
        await work(undisturbed, dist);
        const whole = await treeOf(undisturbed);
        const untouched = await treeOf(before);
        const old = await servedBy(before);

        for (let stop = 1; ; stop++) {
          const root = copy(`stop-${stop}`);
          const at = layout(root);
          const change = await interrupted(stop, killed, () => work(root, dist));
          const what = `${change}, change ${stop}`;
          if (change === undefined) {
            assert.ok(stop > 8, what);
            break;
          }
          assert.ok([old, codeOf(to)].includes(await servedBy(root)), what);
          for (const { build, damage } of (await inspect(root)).builds)
            assert.is(damage, null, `${build}: ${what}`);
          for (const [path, content] of Object.entries(await treeOf(root))) {
            if (/^private\/(lock|next|staging)/.test(path)) continue;
            assert.ok([untouched[path], whole[path]].includes(content), `${path} is half written: ${what}`);
          }
          if (isLocked(root)) {
            const said = new RegExp(
              `another release is at work here: process ${process.pid} on \\S+ \\S+, since 20\\S+Z\\. ` +
                `If it is not, remove its lock: rm -r "${at.lock}"$`,
            );
            await assertRefused(root, () => work(root, dist), said);
            rmSync(at.lock);
          } else if (!killed && existsSync(at.privateRoot) && change !== "rm") {
            const left = readdirSync(at.privateRoot).filter((entry) => entry !== "maps");
            assert.equal(left, [], what);
          }
          await work(root, dist);
          assert.equal(await treeOf(root), whole, what);
        }
      });
    });
  }
}

test("killed at random moments, again and again: each read of each form gives a whole build", async () => {
  await withFolder(async (folder) => {
    const root = join(folder, "cdn");
    const { alias } = layout(root);
    const unpack = [(bytes: Buffer) => bytes, gunzipSync, brotliDecompressSync];
    let reads = 0;
    const readAll = async (): Promise<void> => {
      for (const [index, form] of FORMS.entries()) {
        const text = unpack[index]!(await fs.readFile(alias(form))).toString();
        assert.is(text, codeOf(/version:"(\d+)"/.exec(text)?.[1] ?? ""), form);
        reads++;
      }
    };
    const child = fileURLToPath(new URL("busy-child.ts", import.meta.url));
    for (const signal of ["SIGKILL", "SIGINT", "SIGKILL", "SIGTERM", "SIGKILL", "SIGHUP"] as const) {
      const busy = spawn(process.execPath, ["--import", "tsx", child, root, folder], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const gone = once(busy, "exit");
      try {
        await once(busy.stdout, "data");
        const end = Date.now() + Math.random() * 200;
        do await readAll();
        while (Date.now() < end);
      } finally {
        busy.kill(signal);
      }
      assert.is((await gone)[1], signal);
      await readAll();
      // Nobody has to clear up: not after Ctrl-C, and the next release takes over the lock of one that was killed.
      if (signal !== "SIGKILL") assert.not.ok(isLocked(root));
    }
    assert.ok(reads > 50, `${reads} reads`);
    await release({ root, from: await makeDist(join(folder, "7"), "7") });
    assert.is(await servedBy(root), codeOf("7"));
    for (const { build, damage } of (await inspect(root)).builds) assert.is(damage, null, build);
  });
});

test("a lock is taken over from a process that is dead, and from none that cannot be seen", async () => {
  await withFolder(async (folder) => {
    const root = join(folder, "cdn");
    const { lock } = layout(root);
    const from = await makeDist(join(folder, "1"), "1");
    await release({ root, from });
    let own = "";
    const nothing = async () => {};
    await withLock(lock, nothing, async () => {
      own = await fs.readlink(lock);
    });
    const { pid } = spawnSync("true");
    const dead = own.replace(String(process.pid), String(pid));
    await fs.symlink(dead, lock);
    await release({ root, from });
    assert.not.ok(isLocked(root));
    // Another container, or another start of the machine.
    await fs.symlink(`${dead}1`, lock);
    await assertRefused(
      root,
      () => release({ root, from }),
      /is at work here: process \d+ on \S+ \S+, since/,
    );
  });
});

test("of several releases at once one goes through, and the others are refused in a sentence", async () => {
  await withFolder(async (folder) => {
    const root = join(folder, "cdn");
    const numbers = ["1", "2", "3", "4", "5", "6"];
    const dists = await Promise.all(numbers.map((number) => makeDist(join(folder, number), number)));
    const results = await Promise.allSettled(dists.map((from) => release({ root, from })));
    const refused = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    assert.is(refused.length, numbers.length - 1);
    for (const { message } of refused) assert.match(message, /another release is at work here/);
    const { alias, builds } = await inspect(root);
    assert.equal([alias.problem, builds.length], [null, 1]);
  });
});

test.run();
