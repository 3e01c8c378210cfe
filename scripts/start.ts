/** `npm start`: builds the SDK inside its budget, then serves the dev tier until Ctrl-C. */
import { InvalidArgumentError } from "commander";
import pc from "picocolors";
import { chooseLocalNumber } from "./build/number.ts";
import { build, describe } from "./build.ts";
import { checkOrigin, isMain, newCommand, runCommand } from "./cli.ts";
import { DEV_PORT } from "./config.ts";
import { startDevTier } from "./dev-tier/server.ts";
import { livePages } from "./site/live.ts";

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_533) throw new InvalidArgumentError("Expected 0 to 65533.");
  return port;
}

async function main(argv: string[]): Promise<void> {
  const { port, buildNumber, origin } = newCommand("npm start --")
    .description(
      "Builds the SDK, then serves the dev tier (site, login, API) on three ports of this machine.",
    )
    .option("--port <number>", "the first of the three ports; 0 for any that are free", parsePort, DEV_PORT)
    .option("--build-number <id>", "default: the variable BUILD_NUMBER, else the number of commits")
    .option("--origin <origin>", "where the documentation says that the script is served")
    .parse(argv, { from: "user" })
    .opts<{ port: number; buildNumber?: string; origin?: string }>();
  const site = origin === undefined ? undefined : checkOrigin(origin);

  const number = chooseLocalNumber(buildNumber);
  const { manifest, before } = await build({ buildNumber: number });
  console.log(describe(manifest, before));

  // From here on there is something to close; listening any later would miss a quick Ctrl-C.
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
  });
  const tier = await startDevTier({
    port,
    buildNumber: number,
    pages: livePages(manifest, { origin: site }),
  });
  if (port && tier.port !== port)
    console.log(
      pc.yellow(`Port ${port} or one of the two after it is taken: using ${tier.port} to ${tier.port + 2}.`),
    );
  console.log(`
  page   ${pc.bold(`${tier.origins.site}/`)}
  login  ${tier.origins.login}
  API    ${tier.origins.api}
  SDK    ${tier.origins.site}/sdk/all.js and ${tier.origins.site}/sdk/index.mjs, for an app of your own

Open the page and sign in. Ctrl-C stops.`);

  await stopped;
  await tier.close();
}

if (isMain(import.meta.url)) await runCommand(main);
