/** The other pages, fetched while somebody reads the first one: without a network every one of them must still open. */

const pages = import.meta.glob('../pages/**/*.vue')
const AFTER_MS = 1200

/** Once they are all here, `data-pages` of the document says so. What a cut network kept away is fetched when it returns. */
export function fetchPagesAhead(): void {
  const fetchAll = (): Promise<void> =>
    Promise.all(Object.values(pages).map((load) => load())).then(
      () => void (document.documentElement.dataset.pages = 'here'),
      () => undefined
    )
  setTimeout(() => void fetchAll(), AFTER_MS)
  window.addEventListener('online', () => void fetchAll())
}
