// Build-time constants: esbuild puts a literal in the place of each (scripts/build/transform.ts).
// `declare var`, because esbuild refuses even `declare const` when it compiles for ES5.

/** The origin that serves the dialog and the landing page, and whose messages are accepted. No slash at its end. */
declare var LOGIN_ORIGIN: string;

/** The API's address with its version. No slash at its end. */
declare var API_URL: string;

/** The build's own name, handed to `complete`. */
declare var BUILD_NUMBER: string;
