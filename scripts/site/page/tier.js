/** Finds the servers to sign in at: the dev tier's, or on a static host a service worker that plays them. */

const ask = async () => (await fetch("tier.json")).json();

/** Browsers end an idle worker, which then forgets its faults and tokens. ms. */
const KEEP = 15_000;

/** Resolves once a service worker answers this page's requests. */
async function controlled() {
  const { serviceWorker } = navigator;
  await serviceWorker.register("worker.js");
  const { active } = await serviceWorker.ready;
  if (serviceWorker.controller) return;
  const taken = new Promise((resolve) => serviceWorker.addEventListener("controllerchange", resolve));
  active.postMessage("claim");
  await taken;
}

/** What there is to sign in at; not `live` when there is nothing. */
export async function readTier() {
  let tier = await ask();
  // There are no service workers on plain http.
  if (!tier.live && navigator.serviceWorker) {
    try {
      await controlled();
      tier = await ask();
    } catch {
      // Refused by the browser's settings: the page says that the button is off.
    }
  }
  if (tier.worker) setInterval(ask, KEEP);
  return tier;
}
