/** The registered applications: what the application edit page of Stack Apps would hold. */

export interface App {
  /** The public number that an SDK sends as `client_id`. */
  clientId: string;
  /** The request key; ends in `((`. */
  key: string;
  /** What the dialog calls the app. Untrusted text, escaped wherever it is shown. */
  name: string;
  /**
   * The one OAuth domain: `redirect_uri` and `proxy` must be on it or under it. Host name, no port. Any name of this
   * machine stands for all of them.
   */
  domain: string;
  /** "Client side OAuth flow" of the app's settings. */
  clientSideFlow: boolean;
  /** Whether `/oauth/login_success` may be its `redirect_uri`; "desktop redirect" of the app's settings. */
  desktopRedirect: boolean;
}

/** One app that works on `domain`, and one for each setting that stops a login. */
export function exampleApps(domain: string): App[] {
  const app = (clientId: string, name: string, key: string, changes: Partial<App> = {}): App => ({
    ...{ clientId, key: `Dev8tier*${key}((`, name, domain, clientSideFlow: true, desktopRedirect: true },
    ...changes,
  });
  return [
    app("1", "Example App", "FirstAppKey01"),
    app("2", 'Second <App> & "Sons"', "SecondApp0002"),
    app("3", "Server-Side Only", "NoClientFlow3", { clientSideFlow: false }),
    app("4", "No Desktop Redirect", "NoDesktopUri4", { desktopRedirect: false }),
    app("5", "Another Domain", "ElsewhereApp5", { domain: "elsewhere.example" }),
  ];
}

/** The names by which a browser reaches its own machine, as `URL.hostname` has them. */
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Whether `host` (no port) is `domain` or under it: a label boundary, so that `a.com.evil` is not under `a.com`. An app on this
 * machine may use any of its names: development servers print `localhost`, and some of them `127.0.0.1`.
 */
export function isUnderDomain(host: string, domain: string): boolean {
  const parent = domain.toLowerCase();
  return (LOOPBACK.includes(parent) ? LOOPBACK : [parent]).some((each) =>
    `.${host.toLowerCase()}`.endsWith(`.${each}`),
  );
}
