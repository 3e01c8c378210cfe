/** What `size -- tighten` or `size -- accept` has to write, and which of the two does. */
import { CheckError } from "../cli.ts";
import { current, ledgersBefore, mended, parseLedger, readLedger } from "./ledger.ts";
import {
  compareRows,
  type Difference,
  onlyShrinks,
  type Row,
  ratchetName,
  readLimits,
  rowsOf,
} from "./limits.ts";
import type { Measured } from "./measure.ts";
import { ACCEPT, FORMATS, TIGHTEN } from "./settings.ts";

export interface Pending {
  /** The rows of today's files. */
  rows: Row[];
  /** Where the committed rows, or the ledger's last line, have other sizes. */
  differences: Difference[];
  /** The ledger, with every line that it must have. */
  ledger: string;
  /** The command that writes it, or null when there is nothing to write. */
  command: string | null;
}

/** The committed rows; none when a conflict's marks are in them, so that accepting writes them anew. */
function committedRows(): Row[] {
  try {
    return readLimits();
  } catch (error) {
    if (error instanceof CheckError) return [];
    throw error;
  }
}

export function findPending(measured: readonly Measured[], base: string | null): Pending {
  const rows = rowsOf(measured);
  const text = readLedger();
  const ledger = mended(ledgersBefore(base), text);
  const last = current(parseLedger(ledger))?.sizes ?? {};
  const differences = compareRows(committedRows(), rows);
  for (const { name, sizes } of measured) {
    for (const format of FORMATS) {
      const [limit, size] = [last[name]?.[format] ?? null, sizes[format]];
      const row = ratchetName(name, format);
      if (limit !== size && !differences.some((difference) => difference.name === row))
        differences.push({ name: row, limit, size, where: "the ledger's last line" });
    }
  }
  const command = onlyShrinks(differences) ? TIGHTEN : ACCEPT;
  return { rows, differences, ledger, command: differences.length > 0 || ledger !== text ? command : null };
}
