/** Pages of a list of issues, one after the other, without losing what is shown when the network goes. */
import { reactive } from 'vue'
import { call } from '@/api/client'
import { asProblem } from '@/api/problem'
import type { IssueLine, IssuesQuery } from '@/api/types'
import { session } from '@/state/session'

/** `question`: what is asked for now; only the newest question's answer is shown, whatever order they come back in. */
export function useIssues(question: () => IssuesQuery) {
  const list = reactive({
    items: [] as IssueLine[], thumbnails: {} as Record<string, string>, cursor: null as string | null,
    loading: false, loaded: false, problem: '', at: 0
  })
  let asked = 0

  async function load(more = false): Promise<void> {
    if (more && (list.loading || !list.cursor)) return
    if (unknown()) return void Object.assign(list, { items: [], cursor: null, loaded: true })
    const mine = (asked += 1)
    Object.assign(list, { loading: true, problem: '' })
    try {
      const query = { ...question(), cursor: more ? (list.cursor ?? undefined) : undefined }
      const page = await call('get', '/api/v1/issues', { query })
      if (mine !== asked) return
      list.items = more ? [...list.items, ...page.items] : page.items
      list.thumbnails = { ...(more ? list.thumbnails : {}), ...page.thumbnails }
      Object.assign(list, { cursor: page.next_cursor ?? null, loaded: true, at: Date.now() })
    } catch (thrown) {
      if (mine === asked) list.problem = asProblem(thrown).detail
    } finally {
      if (mine === asked) list.loading = false
    }
  }

  return { list, load }
}

/** Nobody gets an account for looking. The mini-program knows everybody without asking; whose session ended has to be told. */
function unknown(): boolean {
  return process.env.UNI_PLATFORM === 'h5' && !session.signed && !session.lost
}
