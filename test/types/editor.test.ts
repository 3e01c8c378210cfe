/** What an editor shows of the module: its own docstrings, and nothing of the browsers that only the hosted script is for. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Project, ts } from "ts-morph";
import * as assert from "uvu/assert";
import { declarations } from "../../scripts/package/declarations.ts";
import { emptyProject } from "../support/consumer.ts";
import { suite } from "../support/suite.ts";

const test = suite("editor");

const APP = `import { authenticate, init, login } from "./index.mjs";
init({ clientId: 1, channelUrl: "/blank" });
login({ networkUsers: true });
login();
authenticate({ success() {}, error() {}, networkUsers: true });
authenticate({ success() {}, scope: [] });
`;

const text = (parts: ts.SymbolDisplayPart[] = []): string => ts.displayPartsToString(parts);

test("each call and each option shows a docstring of the module's", async () => {
  const { folder, dispose } = await emptyProject();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "index.d.mts"), (await declarations())["index.d.mts"]);
  const project = new Project({
    compilerOptions: {
      strict: true,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      target: ts.ScriptTarget.ES2022,
    },
  });
  const path = project.createSourceFile(join(folder, "app.ts"), APP).getFilePath();
  const service = project.getLanguageService().compilerObject;

  let calls = 0;
  for (const { 0: found, index } of APP.matchAll(/^\w+\(/gm)) {
    const help = service.getSignatureHelpItems(path, index + found.length, undefined)!;
    const shown = help.items.map(({ documentation }) => text(documentation));
    assert.ok(
      shown.length > 0 && shown.every(Boolean),
      `${found} has no docstring in each of its signatures`,
    );
    assert.not.match(shown.join(), /\bIE\b|\bSE\b/, found);
    calls++;
  }
  for (const { 0: name, index } of APP.matchAll(
    /\b(clientId|channelUrl|success|error|scope|networkUsers)\b/g,
  )) {
    const shown = text(service.getQuickInfoAtPosition(path, index)?.documentation);
    assert.ok(shown, `${name} has no docstring`);
    assert.not.match(shown, /\bIE\b|\bSE\b/, name);
  }
  assert.is(calls, 5);
  await dispose();
});

test.run();
