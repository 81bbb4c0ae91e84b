/** The messages inside, page after page; reading one, or all, is told to the server and shown at once. */
import { reactive } from 'vue'
import { call } from '@/api/client'
import { asProblem } from '@/api/problem'
import type { Notice } from '@/api/types'
import { notices } from '@/state/notices'

export function useNotices() {
  const list = reactive({ items: [] as Notice[], cursor: null as string | null, loading: false, loaded: false, problem: '' })

  async function load(more = false): Promise<void> {
    if (list.loading) return
    list.loading = true
    list.problem = ''
    try {
      const query = { limit: 20, cursor: more ? (list.cursor ?? undefined) : undefined }
      const page = await call('get', '/api/v1/inbox', { query })
      list.items = more ? [...list.items, ...page.items] : page.items
      list.cursor = page.next_cursor ?? null
      list.loaded = true
      notices.unread = page.unread
    } catch (thrown) {
      list.problem = asProblem(thrown).detail
    } finally {
      list.loading = false
    }
  }

  /** Without a network it stays unread, and the next look says so: nothing is lost by that. */
  async function read(ids: string[] | null): Promise<void> {
    const at = new Date().toISOString()
    const before = list.items
    list.items = list.items.map((one) => (one.read_at === null && (ids === null || ids.includes(one.id)) ? { ...one, read_at: at } : one))
    try {
      notices.unread = (await call('post', '/api/v1/inbox/read', { body: ids === null ? {} : { ids } })).unread
    } catch (thrown) {
      list.items = before
      if (ids === null) list.problem = asProblem(thrown).detail
    }
  }

  return { list, load, read }
}
