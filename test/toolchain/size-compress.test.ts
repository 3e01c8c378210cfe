/** The compressed files: what they hold, that none is wrong, that no other encoder does better, and what the build number does. */
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { sync as brotliSize } from "brotli-size";
import * as assert from "uvu/assert";
import { brotli, gzip, normaliseHeader, quickSweep, smallest } from "../../scripts/build/compress.ts";
import { type Code, prepare } from "../../scripts/build/index.ts";
import { stamp } from "../../scripts/build/stamp.ts";
import { SHIPPING } from "../../scripts/build/sweep.ts";
import { ALL_JS, PRODUCTION, STAMP } from "../../scripts/config.ts";
import { spreads } from "../../scripts/size/measure.ts";
import { SAMPLE } from "../../scripts/size/settings.ts";
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
  const changed = Uint8Array.from(good);
  changed[Math.floor(changed.length / 2)]! ^= 0xff;
  const member = Uint8Array.from(gzipSync(input));
  member[member.length - 6]! ^= 1; // The checksum.
  assert.is(smallest(input, [good], brotliDecompressSync, "brotli"), good);
  for (const bad of [changed, good.subarray(0, -2), brotliCompressSync("another text")])
    throwsWith(
      () => smallest(input, [good, bad], brotliDecompressSync, "brotli"),
      "a brotli stream does not decompress to what was compressed",
    );
  throwsWith(() => smallest(input, [member], gunzipSync, "gzip"), "a gzip stream does not decompress");
});

test("gzip's header is the same on every system, and the data stays", async () => {
  // RFC 1952, 2.3: magic, deflate, no flags, no time, slowest algorithm, unknown system.
  const header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255];
  assert.equal([...(await gzip("var a = 1;")).subarray(0, 10)], header);
  const windows = Uint8Array.from(gzipSync("var a = 1;"));
  windows.set([1, 2, 3, 4, 2, 10], 4);
  assert.equal([...normaliseHeader(windows).subarray(0, 10)], header);
  assert.is(gunzipSync(normaliseHeader(windows)).toString(), "var a = 1;");
});

test("what ships is never larger than the quick sweep's, than zlib's, or than brotli-size's figure", async () => {
  const quick = await quickSweep([stamp(prepared, "1000").code]);
  assert.ok(quick.brotli.length < SHIPPING.brotli.length / 10);
  for (const number of ["7", "1000"]) {
    const { code } = stamp(prepared, number);
    const [br, gz] = [await brotli(code), await gzip(code)];
    assert.ok(br.length <= (await brotli(code, quick)).length);
    assert.ok(gz.length <= (await gzip(code, quick)).length);
    assert.ok(gz.length < gzipSync(code, { level: 9 }).length);
    assert.is(brotliDecompressSync(br).toString(), code);
    assert.is(gunzipSync(gz).toString(), code);
    assert.ok(br.length <= brotliSize(code));
  }
});

test("the worst build number weighs what it would ship with, whatever the quick sweep gave", async () => {
  // "1000" is everywhere in this text, so that build 1000 costs next to nothing: the number is a lucky one.
  const lucky = {
    code: `window.SE={version:"r${STAMP}x",list:"r1000x,sr1000xy,tr1000xz"};`,
    map: JSON.stringify({ version: 3, sources: [], names: [], mappings: "" }),
  };
  const numbers = SAMPLE.slice(0, 10);
  // A window of 1 KB costs this text a byte.
  const quick = { ...SHIPPING, brotli: [[10, 3, 120] as const] };
  const { brotli: spread, gzip: other } = await spreads(lucky, numbers, quick);
  const sizes = async (...sweep: [] | [typeof quick]): Promise<number[]> =>
    Promise.all(numbers.map(async (number) => (await brotli(stamp(lucky, number).code, ...sweep)).length));
  const shipped = await sizes();
  assert.ok(Math.max(...(await sizes(quick))) > Math.max(...shipped), "the quick sweep is a bad one");
  assert.is(spread.worst.length, Math.max(...shipped));
  assert.is(spread.floor, Math.max(...shipped) - Math.min(...shipped));
  assert.ok((await gzip(stamp(lucky, "1000").code)).length < other.worst.length - 2);
});

test.run();
