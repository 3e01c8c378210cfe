// An app that has the hosted script in its bundle: the import runs it, and brings the global's type along.
import "stackexchange-auth/all.js";

globalThis.SE.authenticate({ success: (session) => session.accessToken });
globalThis.SE.authenticate({ networkUsers: true, success: (d) => d.networkUsers[0].account_id });

// @ts-expect-error the script is no module: it exports nothing
import { init } from "stackexchange-auth/all.js";

console.log(init);
