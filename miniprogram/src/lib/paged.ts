/** Pages of any list, one after the other: only the newest question's answer is shown, whatever order they come back in. */
import { reactive, type UnwrapNestedRefs } from 'vue'
import { asProblem } from '@/api/problem'

interface PageOf<T> {
  items: T[]
  next_cursor?: string | null
}

export interface Paged<T> {
  items: T[]
  cursor: string | null
  loading: boolean
  loaded: boolean
  problem: string
}

/** `ask` gets the cursor of the page wanted, undefined for the first. What is shown stays when the network goes. */
export function usePaged<T>(ask: (cursor: string | undefined) => Promise<PageOf<T>>) {
  const list = reactive<Paged<T>>({ items: [], cursor: null, loading: false, loaded: false, problem: '' })
  let asked = 0

  async function look(more = false): Promise<void> {
    const mine = (asked += 1)
    list.loading = true
    list.problem = ''
    try {
      const page = await ask(more ? (list.cursor ?? undefined) : undefined)
      if (mine !== asked) return
      const items = page.items as UnwrapNestedRefs<Paged<T>>['items']
      Object.assign(list, { items: more ? [...list.items, ...items] : items, cursor: page.next_cursor ?? null, loaded: true })
    } catch (thrown) {
      if (mine === asked) list.problem = asProblem(thrown).detail
    } finally {
      if (mine === asked) list.loading = false
    }
  }

  return { list, look }
}
