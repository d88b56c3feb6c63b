// Asks the service worker to keep this page, so that it opens without network.

/** Where there is no service worker (a plain http address), the page works with network only. */
export async function keepPage() {
  if (!navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register("/sw.js");
    const { active } = await navigator.serviceWorker.ready;
    active?.postMessage({ keep: "/my" });
  } catch {
    // Without it the page works with network only.
  }
}
