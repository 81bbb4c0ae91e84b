/** Signing in inside WeChat's browser (网页授权): there and back. Pure, but for what asks the browser. */

/** What this browser remembers of having been sent to WeChat by us, and where it was then. */
export interface Asked {
  at: number
  back: string
}

export interface Returned {
  code: string | null
  /** What the address bar shall show instead; null: leave it. */
  address: string | null
  fault: '' | 'refused' | 'not_asked'
}

const FRESH_MS = 10 * 60_000
const CODE = /[?&]?wechat_code=([^&]*)/

/**
 * What a page that opens at `address` (path, query and fragment) has to do with WeChat.
 *
 * A code counts only in the browser that we ourselves sent away within ten minutes: a stranger's link with the stranger's
 * code would sign its reader in as the stranger (ADR 0015). It never stays in the address.
 */
export function returned(address: string, asked: Asked | null, now: number): Returned {
  const fresh = asked !== null && now - asked.at <= FRESH_MS && asked.back.startsWith('/m/') ? asked : null
  const [before = '', fragment = ''] = cut(address)
  const found = CODE.exec(fragment)
  if (found) {
    const code = decoded(found[1] ?? '')
    if (fresh && code) return { code, address: fresh.back, fault: '' }
    return { code: null, address: `${before}#${fragment.replace(CODE, '')}`, fault: 'not_asked' }
  }
  const home = before === '/m/' && (fragment === '' || fragment === '/')
  return fresh && home ? { code: null, address: fresh.back, fault: 'refused' } : { code: null, address: null, fault: '' }
}

/** WeChat's own browser, by the word it puts into its name (unverified: read in tutorials, no page of WeChat's says so). */
export function isWeChatBrowser(userAgent: string): boolean {
  return /MicroMessenger/i.test(userAgent)
}

/** Where WeChat is asked. Always back to the first page: the place itself, perhaps with a receipt code, stays in this browser. */
export function authorizeAddress(linked: boolean): string {
  return `/wechat/authorize?next=${encodeURIComponent('/m/')}${linked ? '&link=1' : ''}`
}

function cut(address: string): [string, string] {
  const at = address.indexOf('#')
  return at < 0 ? [address, ''] : [address.slice(0, at), address.slice(at + 1)]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
