// How the H5 is cut into files. A phone on a slow network pays for each round trip: page → script → its imports → …
const FIRST_PAGE = /\/src\/pages\/scan\/index\.vue$/

interface Graph {
  getModuleIds(): IterableIterator<string>
  getModuleInfo(id: string): { importedIds: readonly string[] } | null
}

/**
 * The first page with everything of ours it needs is one file, the framework another; the page asks for both at once.
 * The framework keeps its name from one release to the next, so a phone keeps it too. All else stays lazy.
 */
export function firstPageTogether(): (id: string, graph: Graph) => string | undefined {
  let first: Set<string> | null = null
  return (id, graph) => {
    first ??= neededBy(FIRST_PAGE, graph)
    if (!first.has(id)) return undefined
    return isOurs(id) ? 'first' : 'frame'
  }
}

/** Everything imported by it and by what it imports; not what is imported only when asked for. */
export function neededBy(page: RegExp, graph: Graph): Set<string> {
  const found = new Set<string>()
  const waiting = [...graph.getModuleIds()].filter((id) => page.test(id))
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id)) continue
    found.add(id)
    waiting.push(...(graph.getModuleInfo(id)?.importedIds ?? []))
  }
  return found
}

function isOurs(id: string): boolean {
  return id.includes('/src/') && !id.includes('/node_modules/')
}
