/** The lock: one release at a time, and none for ever, on one machine, on two, and in containers. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { lstat, lutimes, mkdir, readdir, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { layout } from "../../scripts/release/folders.ts";
import { takeLock } from "../../scripts/release/lock.ts";
import { ownId, type ProcessId, runs } from "../../scripts/release/process-id.ts";
import { release, switchTo } from "../../scripts/release/publish.ts";
import { suite } from "../support/suite.ts";
import { codeOf, makeDist, servedBy, treeOf, withFolder } from "./support.ts";

const test = suite("release lock");

const textOf = ({ pid, start, place, host }: ProcessId) => `${pid}.${start}.0000@${place}@${host}`;

/** Leaves a lock behind, last touched so many seconds ago. */
async function leave(file: string, text: string, seconds = 0): Promise<void> {
  await rm(file, { force: true });
  await symlink(text, file);
  const then = new Date(Date.now() - seconds * 1000);
  await lutimes(file, then, then);
}

/** What taking the lock says; "" when it was taken, and dropped again. */
async function refusal(file: string): Promise<string> {
  try {
    await (await takeLock(file))();
    return "";
  } catch (error) {
    assert.is((error as Error).name, "CheckError", (error as Error).stack);
    return (error as Error).message;
  }
}

/** A process that has ended. */
async function ended(): Promise<ProcessId> {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  return { ...ownId(), pid: child.pid!, start: "1" };
}

test("a process is known by its number and its start: a number alone may be somebody else's by now", async () => {
  assert.is(runs(ownId()), true);
  assert.is(runs({ ...ownId(), start: "1" }), false);
  assert.is(runs(await ended()), false);
  assert.is(runs({ ...ownId(), place: "elsewhere" }), undefined);
});

test("it is a link that everybody can read, short enough to need no space, and gone afterwards", async () => {
  await withFolder(async (folder) => {
    const umask = process.umask(0o777);
    const drop = await takeLock(join(folder, "lock")).finally(() => process.umask(umask));
    const text = await readlink(join(folder, "lock"));
    assert.match(text, `${process.pid}.`);
    assert.ok(text.length < 60, text);
    assert.match(await refusal(join(folder, "lock")), `process ${process.pid} on `);
    await drop();
    assert.equal(await readdir(folder), []);
  });
});

test("the lock of a process that is gone is taken over, by one, even when two find it in the same moment", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "lock");
    await leave(file, textOf(await ended()));
    const drop = await takeLock(file, async () => {
      // Another one comes along after the first has seen that nobody holds the lock, and before it takes it.
      assert.match(await refusal(file), /another release is at work/);
    });
    assert.match(await refusal(file), /another release is at work/);
    await drop();
    assert.equal(await readdir(folder), []);
  });
});

test("a release that was killed while it took a lock over blocks nobody either", async () => {
  await withFolder(async (folder) => {
    const gone = textOf(await ended());
    for (const name of ["lock", "lock.takeover", "lock.takeover.takeover"])
      await leave(join(folder, name), gone);
    assert.is(await refusal(join(folder, "lock")), "");
    assert.equal(await readdir(folder), []);
  });
});

test("in a container, where every process is number 1, a release does not block itself", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "lock");
    // The same container, started again: its process has the number, and the machine the name, of the one that was killed.
    await leave(file, textOf({ ...ownId(), start: "1" }));
    assert.is(await refusal(file), "");
    // Another container's processes cannot be seen. One that lives says so every few seconds.
    const elsewhere = textOf({ ...ownId(), place: "12345678.4026531999" });
    await leave(file, elsewhere, 10);
    assert.match(
      await refusal(file),
      /seen 10 s ago\. If it is not, remove \S+lock, or try again 30 s after/,
    );
    await leave(file, elsewhere, 31);
    assert.is(await refusal(file), "");
  });
});

test("a release that lasts shows every few seconds that it is there", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "lock");
    const drop = await takeLock(file);
    await leave(file, await readlink(file), 31);
    const deadline = Date.now() + 20_000;
    while (Date.now() - (await lstat(file)).mtimeMs > 25_000) {
      assert.ok(Date.now() < deadline, "it shows nothing");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await drop();
  });
});

test("whoever was taken for gone does not drop the lock of who came after", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "lock");
    const drop = await takeLock(file);
    const other = textOf({ ...ownId(), pid: 4711 });
    await leave(file, other);
    await drop();
    assert.is(await readlink(file), other);
  });
});

test("what is no lock at all is named, for a release and for a rollback; nothing is touched", async () => {
  await withFolder(async (folder) => {
    const root = join(folder, "cdn");
    for (const number of ["7", "8"])
      await release({ root, from: await makeDist(join(folder, number), number) });
    const from = await makeDist(join(folder, "9"), "9");
    const { lock } = layout(root);
    const puts = [
      () => writeFile(lock, "", { mode: 0o000 }),
      () => writeFile(lock, '{"pid":1,"host":"web","since":"noon"}'),
      () => mkdir(lock),
      () => symlink("who knows", lock),
    ];
    for (const put of puts) {
      await put();
      const before = await treeOf(root);
      for (const work of [() => release({ root, from }), () => switchTo(root, "7")]) {
        const error = (await work().catch((thrown) => thrown)) as Error;
        assert.is(error.name, "CheckError", error.stack);
        assert.match(error.message, lock);
        assert.match(error.message, /remove \S+/);
      }
      assert.equal(await treeOf(root), before);
      await rm(lock, { recursive: true });
    }
    await switchTo(root, "7");
    assert.is(await servedBy(root), codeOf("7"));
  });
});

test("the lock of a living process is respected by a release, and the folder is as it was", async () => {
  await withFolder(async (folder) => {
    const root = join(folder, "cdn");
    await release({ root, from: await makeDist(join(folder, "7"), "7") });
    const from = await makeDist(join(folder, "8"), "8");
    await leave(layout(root).lock, textOf(ownId()));
    const before = await treeOf(root);
    const error = (await release({ root, from }).catch((thrown) => thrown)) as Error;
    assert.match(error.message, new RegExp(`process ${process.pid} on .*remove \\S+lock$`));
    assert.equal(await treeOf(root), before);
  });
});

test.run();
