import { sdk } from "./sdk";

// Support: IE <= 10. `crypto` by name alone would throw there.
(window as any).SE = sdk(document, window.crypto);
