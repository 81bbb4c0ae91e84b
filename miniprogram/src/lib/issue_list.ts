/** Pages of a list of issues, one after the other, without losing what is shown when the network goes. */
import { reactive } from 'vue'
import { call } from '@/api/client'
import { asProblem } from '@/api/problem'
import type { IssueLine } from '@/api/types'

export type Box = 'mine' | 'inbox'
export type Sort = 'newest' | 'due'

export function useIssues(box: Box, sort: Sort) {
  const list = reactive({ items: [] as IssueLine[], cursor: null as string | null, loading: false, loaded: false, problem: '', overdue: false })

  async function load(more = false): Promise<void> {
    if (list.loading) return
    list.loading = true
    list.problem = ''
    try {
      const query = { box, sort, limit: 20, cursor: more ? (list.cursor ?? undefined) : undefined, overdue: list.overdue || undefined }
      const page = await call('get', '/api/v1/issues', { query })
      list.items = more ? [...list.items, ...page.items] : page.items
      list.cursor = page.next_cursor ?? null
      list.loaded = true
    } catch (thrown) {
      list.problem = asProblem(thrown).detail
    } finally {
      list.loading = false
    }
  }

  return { list, load }
}
