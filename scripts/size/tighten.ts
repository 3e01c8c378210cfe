/** `npm run size -- tighten`: lowers the limits of files that shrank. */
import { newCommand } from "../cli.ts";
import { describeUpdate, moveLimits } from "./update.ts";

export async function main(argv: string[]): Promise<void> {
  const { reason, json } = newCommand("npm run size -- tighten")
    .description(
      "Moves the limits down to today's bytes. Refuses when anything grew: use size -- accept for that.",
    )
    .option("--reason <text>", "for the ledger", "tightened")
    .option("--json", "print what moved as JSON")
    .parse(argv, { from: "user" })
    .opts<{ reason: string; json?: boolean }>();
  const update = await moveLimits(reason, false);
  console.log(json ? JSON.stringify(update, null, 2) : describeUpdate(update));
}
