/** The compressed files: what they hold, that none is wrong, and that no other encoder does better. */
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import * as assert from "uvu/assert";
import { brotli, gzip, normaliseHeader, quickSweep, smallest } from "../../scripts/build/compress.ts";
import { type Code, prepare } from "../../scripts/build/index.ts";
import { stamp } from "../../scripts/build/stamp.ts";
import { SHIPPING } from "../../scripts/build/sweep.ts";
import { ALL_JS, PRODUCTION } from "../../scripts/config.ts";
import { crossCheck } from "../../scripts/size/measure.ts";
import { suite } from "../support/suite.ts";
import { throwsWith } from "../support/throws.ts";

const test = suite("compressed files");
let prepared: Code;

test.before(async () => {
  prepared = await prepare(ALL_JS, { tier: PRODUCTION });
});

test("a corrupted stream does not ship: a changed byte, a cut, and another text's stream", () => {
  const input = Buffer.from("the text that ships ".repeat(20));
  const good = brotliCompressSync(input);
  assert.is(smallest(input, [good], brotliDecompressSync, "brotli"), good);

  const changed = Uint8Array.from(good);
  changed[Math.floor(changed.length / 2)]! ^= 0xff;
  const other = brotliCompressSync("another text");
  for (const bad of [changed, good.subarray(0, -2), other]) {
    assert.throws(
      () => smallest(input, [good, bad], brotliDecompressSync, "brotli"),
      (error: Error) =>
        error.name === "BuildError" &&
        error.message === "a brotli stream does not decompress to what was compressed",
    );
  }
  const member = Uint8Array.from(gzipSync(input));
  member[member.length - 6]! ^= 1; // The checksum.
  throwsWith(() => smallest(input, [member], gunzipSync, "gzip"), "a gzip stream does not decompress");
});

test("gzip's header is the same on every system, and the data stays", async () => {
  const member = await gzip("var a = 1;");
  // RFC 1952, 2.3: magic, deflate, no flags, no time, slowest algorithm, unknown system.
  assert.equal([...member.subarray(0, 10)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
  const linux = gzipSync("var a = 1;");
  const windows = Uint8Array.from(linux);
  windows[9] = 10;
  windows.set([1, 2, 3, 4], 4);
  assert.equal(normaliseHeader(linux), normaliseHeader(windows));
  assert.is(gunzipSync(normaliseHeader(windows)).toString(), "var a = 1;");
});

test("what ships is never larger than the quick bound, than plain quality 11, or than brotli-size's figure", async () => {
  const quick = await quickSweep([stamp(prepared, "1000").code]);
  for (const number of ["7", "1000", "4321"]) {
    const { code } = stamp(prepared, number);
    const [br, gz] = [await brotli(code), await gzip(code)];
    assert.ok(br.length <= (await brotli(code, quick)).length);
    assert.ok(gz.length <= (await gzip(code, quick)).length);
    assert.ok(br.length <= brotliCompressSync(code).length);
    assert.ok(gz.length < gzipSync(code, { level: 9 }).length);
    assert.is(brotliDecompressSync(br).toString(), code);
    assert.is(gunzipSync(gz).toString(), code);
    crossCheck("all.js", code, br);
  }
});

test("the cross-check says no to a stream one byte larger than brotli-size's", () => {
  const { code } = stamp(prepared, "1000");
  const plain = brotliCompressSync(code);
  crossCheck("all.js", code, plain);
  throwsWith(
    () => crossCheck("all.js", code, Buffer.concat([plain, Buffer.alloc(1)])),
    `all.js.br is ${plain.length + 1} B where brotli-size needs ${plain.length} B`,
  );
});

test("the quick sweep is a part of the one that ships, and on its own text it misses no byte of brotli", async () => {
  const { code } = stamp(prepared, "1000");
  const quick = await quickSweep([code]);
  assert.ok(quick.brotli.length < SHIPPING.brotli.length / 10);
  assert.ok(quick.brotli.every((start) => SHIPPING.brotli.includes(start)));
  const shipping = SHIPPING.zopfli.map(String);
  assert.ok(quick.zopfli.every((run) => shipping.includes(String(run))));
  assert.is((await brotli(code, quick)).length, (await brotli(code)).length);
});

test.run();
