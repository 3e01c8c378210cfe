/** `npm run size -- accept`: accepts growth, with a reason for the ledger. */
import { CheckError, newCommand, UsageError } from "../cli.ts";
import { parentOf, resolveCommit, short, sizesAt } from "./commits.ts";
import { appendAfterwards } from "./ledger.ts";
import { LEDGER } from "./settings.ts";
import { describeUpdate, moveLimits } from "./update.ts";

export async function main(argv: string[]): Promise<void> {
  const {
    reason,
    json,
    commit: ref,
  } = newCommand("npm run size -- accept")
    .description("Moves the limits to today's bytes, up or down, and writes the reason in the ledger.")
    .requiredOption("--reason <text>", "why the bytes are worth it: one line")
    .option(
      "--commit <ref>",
      "only add a ledger line for a commit whose message lacks its sizes, or gets them wrong",
    )
    .option("--json", "print what moved as JSON")
    .parse(argv, { from: "user" })
    .opts<{ reason: string; json?: boolean; commit?: string }>();
  if (!reason.trim() || reason.includes("\n")) throw new UsageError("--reason takes one line that says why");
  if (ref) {
    const commit = resolveCommit(ref);
    const sizes = sizesAt(commit);
    if (!sizes) throw new CheckError(`the rows of ${short(commit)} cannot be read`);
    appendAfterwards(commit, parentOf(commit), sizes, reason.trim());
    console.log(`written: ${LEDGER}: a line for ${short(commit)}`);
    return;
  }
  const update = await moveLimits(reason.trim(), true);
  console.log(json ? JSON.stringify(update, null, 2) : describeUpdate(update));
}
