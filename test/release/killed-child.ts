/** A process that releases, and is killed before the given step: `killed-child.ts ROOT FROM STEP`. */
import { release } from "../../scripts/release/publish.ts";

const [root, from, fatal] = process.argv.slice(2) as [string, string, string];
await release({
  root,
  from,
  onStep(step) {
    // Nothing can be caught or tidied up after this signal.
    if (step === fatal) process.kill(process.pid, "SIGKILL");
  },
});
