/** Messages inside (站内消息), which are the truth: how many are unread, for every entry that shows it. */
import { reactive } from 'vue'
import { call } from '@/api/client'
import { session } from './session'

export const notices = reactive({ unread: 0 })

/** Asks only for somebody the server already knows: a stranger's first look at a station opens no session. */
export async function countUnread(): Promise<void> {
  if (!session.signed) {
    notices.unread = 0
    return
  }
  try {
    notices.unread = (await call('get', '/api/v1/inbox', { query: { limit: 1 } })).unread
  } catch {
    // The count that was shown stays; the page of messages says what is wrong.
  }
}
