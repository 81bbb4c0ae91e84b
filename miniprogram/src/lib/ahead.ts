/** The other pages, fetched while somebody reads the first one: without a network every one of them must still open. */

const pages = import.meta.glob('../pages/**/*.vue')
const AFTER_MS = 1200

export function fetchPagesAhead(): void {
  setTimeout(() => {
    for (const load of Object.values(pages)) void load().catch(() => undefined)
  }, AFTER_MS)
}
