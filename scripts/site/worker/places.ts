/** Where the SDK of the published playground finds its servers. The worker puts its own folder in their place. */
export const LOGIN = "https://login.invalid";
export const API = "https://api.invalid";

/** What cannot be had on one origin: it needs a second server. */
export const NEEDS_SERVERS = ["wrongOrigin", "apiPreflight"] as const;

/** `worker-all.js` is `all.js` before the worker has put its folder into it. */
export const fileOf = (name: string): string => `worker-${name}`;
