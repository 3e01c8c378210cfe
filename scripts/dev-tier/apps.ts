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
  const usual = { domain, clientSideFlow: true, desktopRedirect: true };
  return [
    { ...usual, clientId: "1", key: "Dev8tier*FirstAppKey01((", name: "Example App" },
    { ...usual, clientId: "2", key: "Dev8tier*SecondApp0002((", name: 'Second <App> & "Sons"' },
    {
      ...usual,
      clientId: "3",
      key: "Dev8tier*NoClientFlow3((",
      name: "Server-Side Only",
      clientSideFlow: false,
    },
    {
      ...usual,
      clientId: "4",
      key: "Dev8tier*NoDesktopUri4((",
      name: "No Desktop Redirect",
      desktopRedirect: false,
    },
    {
      ...usual,
      clientId: "5",
      key: "Dev8tier*ElsewhereApp5((",
      name: "Another Domain",
      domain: "elsewhere.example",
    },
  ];
}

/** The names by which a browser reaches its own machine, as `URL.hostname` has them. */
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

const isUnder = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);

/**
 * Whether `host` (no port) is `domain` or under it: a label boundary, so that `a.com.evil` is not under `a.com`. An app on this
 * machine may use any of its names: development servers print `localhost`, and some of them `127.0.0.1`.
 */
export function isUnderDomain(host: string, domain: string): boolean {
  const [name, parent] = [host.toLowerCase(), domain.toLowerCase()];
  return (LOOPBACK.includes(parent) ? LOOPBACK : [parent]).some((each) => isUnder(name, each));
}
