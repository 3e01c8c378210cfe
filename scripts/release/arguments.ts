/** The arguments of `npm run release`. */
import { checkOrigin, newCommand, UsageError } from "../cli.ts";

export interface Options {
  out: string;
  from?: string;
  buildNumber?: string;
  stage?: boolean;
  rollback?: string;
  switch?: string;
  list?: boolean;
  origin?: string;
  /** `origin`, checked; undefined when it was not given. */
  site?: string;
  allowDirty?: boolean;
  json?: boolean;
}

function checkTogether(options: Options): void {
  const actions = (["rollback", "switch", "list", "stage"] as const).filter((name) => options[name]);
  if (actions.length > 1) throw new UsageError(`--${actions[0]} and --${actions[1]} do not go together`);
  const building = (["from", "buildNumber", "allowDirty"] as const).filter((name) => options[name]);
  if (building.length > 0 && actions.some((name) => name !== "stage")) {
    throw new UsageError(`--${actions[0]} takes a build that is there: it builds nothing`);
  }
  if (options.from !== undefined && options.buildNumber !== undefined) {
    throw new UsageError("--build-number is for a new build: the one in --from has its number");
  }
}

/** Reads the arguments. Ends the process on `--help` and on what commander refuses; throws UsageError for the rest. */
export function parseOptions(argv: string[]): Options {
  const options = newCommand("npm run release --")
    .description(
      "Builds the SDK and lays it out for a CDN: an immutable folder for the build, and the alias that pages use, " +
        "switched last and in one step. See scripts/site/content/cdn.md.",
    )
    .requiredOption("--out <folder>", "the release folder; it keeps every build")
    .option("--from <folder>", "release what npm run build wrote there, instead of building")
    .option("--build-number <id>", "default: the variable BUILD_NUMBER, else the number of commits")
    .option("--allow-dirty", "build although the sources have changes that are in no commit")
    .option("--stage", "publish the build, and leave the alias where it is")
    .option("--switch <build>", "only switch the alias, to a build that is there")
    .option("--rollback <build>", "the same, under the name one looks for in a hurry")
    .option("--list", "list the builds that are there, each one checked; * marks the alias's")
    .option("--origin <origin>", "where the folder is served, for the script tag; remembered in the folder")
    .option("--json", "print what a script wants to know")
    .allowExcessArguments(false)
    .parse(argv, { from: "user" })
    .opts<Omit<Options, "site">>();
  const parsed = { ...options, site: options.origin === undefined ? undefined : checkOrigin(options.origin) };
  checkTogether(parsed);
  return parsed;
}
