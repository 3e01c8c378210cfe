/**
 * The switches that make the tier misbehave, in one table: tests set them, the page is drawn from it.
 *
 * The values hold for the whole tier until they are changed or reset. Every switch is off by default.
 */
import { API_ERRORS } from "./api-errors.ts";

type FaultValue = boolean | number | string;

export interface Fault<T extends FaultValue = FaultValue> {
  /** Whose behaviour changes. */
  part: "dialog" | "landing" | "api";
  label: string;
  help: string;
  /** The value at which the tier behaves. */
  off: T;
  /** What the page offers first for a number. */
  sample?: number;
  unit?: "ms" | "s";
  /** The only values allowed, `off` among them. */
  choices?: readonly T[];
  /** Set by another control of the page, so it is not listed among the faults. */
  hidden?: boolean;
}

const kind =
  <T extends FaultValue>(off: T) =>
  (part: Fault["part"], entry: Omit<Fault<T>, "off" | "part">): Fault<T> => ({ part, off, ...entry });
const flag = kind<boolean>(false);
const amount = kind<number>(0);
const choice = kind<string>("");

export const FAULTS = {
  dialogError: choice("dialog", {
    label: "Dialog reports an error",
    help: "The dialog asks nothing and reports this error back.",
    // RFC 6749, section 4.2.2.1.
    choices: [
      ...["", "access_denied", "invalid_request", "unauthorized_client", "unsupported_response_type"],
      ...["invalid_scope", "server_error", "temporarily_unavailable"],
    ],
  }),
  wrongState: flag("dialog", {
    label: "Wrong state",
    help: "The answer carries another state than the one sent: it must be ignored.",
  }),
  badEscape: flag("dialog", {
    label: "Malformed escape",
    help: "The answer's first value ends in %E0%A4%A, which decodeURIComponent refuses.",
  }),
  tokenSeconds: amount("dialog", {
    label: "Short-lived token",
    help: "The token stops working after so many seconds, although the answer still says a day.",
    unit: "s",
    sample: 1,
  }),
  coop: choice("dialog", {
    label: "COOP severs the popup",
    help: "Cross-Origin-Opener-Policy: same-origin on the dialog, on the 302 after it, or on the landing page.",
    choices: ["", "dialog", "redirect", "landing"],
  }),
  approveAs: choice("dialog", {
    label: "Approved before",
    help: "The dialog asks nothing and approves at once as this account (an id of the accounts).",
    hidden: true,
  }),
  late: amount("landing", {
    label: "Late answer",
    help: "The landing page waits before it answers.",
    unit: "ms",
    sample: 5000,
  }),
  twice: flag("landing", {
    label: "Answers twice",
    help: "The same message is posted twice, one right after the other.",
  }),
  never: flag("landing", { label: "Never answers", help: "The landing page loads and stays silent." }),
  wrongOrigin: flag("landing", {
    label: "Wrong origin",
    help: "The dialog redirects the popup to the API's origin, which posts the answer from there: it must be ignored.",
  }),
  closes: flag("landing", {
    label: "Popup closes itself",
    help: "The popup closes right after it has answered.",
  }),
  oldIe: flag("landing", {
    label: "Old IE",
    help: "The landing page takes any browser for IE 9: it answers through the frame se-api-frame.",
    hidden: true,
  }),
  slowFrame: amount("landing", {
    label: "Slow frame",
    help: "Old IE only: the frame is there, but its page loads so much later.",
    unit: "ms",
    sample: 1500,
  }),
  apiSlow: amount("api", {
    label: "API slow",
    help: "The API waits before it answers.",
    unit: "ms",
    sample: 5000,
  }),
  apiDropped: flag("api", { label: "API unreachable", help: "The connection is dropped without an answer." }),
  apiPreflight: flag("api", {
    label: "Preflight refused",
    help: "The OPTIONS request is answered without Access-Control-Allow-Headers, so the browser sends no token.",
  }),
  apiNoJson: flag("api", {
    label: "API answer is no JSON",
    help: "Every call of a method is answered with an HTML page and HTTP 502, as by a proxy in between.",
  }),
  apiEndless: flag("api", {
    label: "API answer never ends",
    help: "The answer's headers and first bytes come, then nothing: the connection stays open.",
  }),
  apiEmptyPages: flag("api", {
    label: "Empty pages for ever",
    help: "has_more is always true: after the last account come empty pages.",
  }),
  apiError: choice("api", {
    label: "API error",
    help: "Every call of a method ends in this error.",
    choices: ["", ...API_ERRORS.map(([id]) => String(id))],
  }),
  apiBackoff: amount("api", {
    label: "API asks to back off",
    help: "Answers carry this backoff; a call of the same method before that is a throttle_violation (502).",
    unit: "s",
    sample: 2,
  }),
} satisfies Record<string, Fault<any>>;

export type FaultName = keyof typeof FAULTS;
export type FaultValues = { [Name in FaultName]: (typeof FAULTS)[Name]["off"] };

const ALL_OFF = Object.fromEntries(
  Object.entries(FAULTS).map(([name, { off }]) => [name, off]),
) as FaultValues;

/** A sentence when `value` will not do for the switch `name`, otherwise undefined. */
function complaint(name: string, value: FaultValue): string | undefined {
  if (!Object.hasOwn(FAULTS, name)) return `there is no fault named "${name}"`;
  const { off, choices }: Fault = FAULTS[name as FaultName];
  if (typeof value !== typeof off) return `fault "${name}" takes a ${typeof off}`;
  if (typeof value === "number" && !(value >= 0 && value <= 600_000))
    return `fault "${name}" takes 0 to 600000`;
  if (choices && !choices.includes(value))
    return `fault "${name}" takes one of ${choices.map((each) => `"${each}"`).join(", ")}`;
}

export class Faults {
  values: Readonly<FaultValues> = ALL_OFF;

  /** Changes the switches given and leaves the others. Throws a TypeError that names the first bad one; then nothing changes. */
  set(changes: Partial<FaultValues>): void {
    if (typeof changes !== "object" || changes === null || Array.isArray(changes))
      throw new TypeError("send an object of faults");
    for (const [name, value] of Object.entries(changes)) {
      const problem = complaint(name, value);
      if (problem) throw new TypeError(problem);
    }
    this.values = { ...this.values, ...changes };
  }

  reset(): void {
    this.values = ALL_OFF;
  }
}
