// Build-time constants: esbuild puts a literal in the place of each (scripts/build/transform.ts).
// `declare var`, because esbuild refuses even `declare const` when it compiles for ES5.

/** The origin that serves the dialog and the landing page, and whose messages are accepted. No slash at its end. */
declare var LOGIN_ORIGIN: string;

/** The origin of the API, and its address with the version. No slash at the end. The build puts API_URL where "/2.0" follows API_ORIGIN. */
declare var API_ORIGIN: string, API_URL: string;

/** The build's own name, handed to `complete`. */
declare var BUILD_NUMBER: string;
