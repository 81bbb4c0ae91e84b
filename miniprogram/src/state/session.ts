/** Who this phone is to the server: a guest, a WeChat user, or somebody with work to do. */
import { reactive } from 'vue'
import { problemOf } from '@/api/problem'
import { send } from '@/api/transport'
import type { Account, SignIn } from '@/api/types'
import { forget, KEYS, load, save } from './store'

export interface Signed {
  token: string
  expiresAt: string
  accountId: string
  roles: string[]
  name: string | null
  /** A guest's session is renewed without asking: nobody would know what to sign in with. */
  guest: boolean
}

const WORK = new Set(['deputy', 'station_clerk', 'station_head', 'township', 'district', 'government_office', 'unit_clerk', 'unit_leader', 'reviewer', 'committee'])

export const session = reactive<{ signed: Signed | null; lost: boolean }>({ signed: null, lost: false })
let opening: Promise<void> | null = null

export function restoreSession(): void {
  const kept = load<Signed | null>(KEYS.session, null)
  session.signed = kept && Date.parse(kept.expiresAt) > Date.now() ? kept : null
  session.lost = kept !== null && !kept.guest && session.signed === null
}

export function currentToken(): string | null {
  return session.signed?.token ?? null
}

export function worksHere(): boolean {
  return session.signed?.roles.some((role) => WORK.has(role)) ?? false
}

export function isDeputy(): boolean {
  return session.signed?.roles.includes('deputy') ?? false
}

/** Works at a station's own desk: may register for others. */
export function staffs(): boolean {
  return session.signed?.roles.some((role) => role === 'station_clerk' || role === 'station_head') ?? false
}

/** A session exists afterwards; many callers at once open one. */
export function ensureSession(): Promise<void> {
  if (session.signed || session.lost) return Promise.resolve()
  opening ??= openSession().finally(() => (opening = null))
  return opening
}

/** After a 401: whether the call may be repeated with a fresh session. */
export async function sessionRefused(): Promise<boolean> {
  const before = session.signed
  session.signed = null
  forget(KEYS.session)
  if (before && !before.guest && !canSignInSilently()) {
    session.lost = true
    return false
  }
  await ensureSession()
  return session.signed !== null
}

/** Throws `Problem` when the server does not accept it. */
export async function signIn(body: SignIn): Promise<void> {
  const answer = await send({ method: 'POST', url: '/api/v1/sessions', body, headers: {} })
  if (answer.status !== 201) throw problemOf(answer.status, answer.body, answer.headers)
  const made = answer.body as { token: string; expires_at: string; account: Account }
  session.signed = {
    token: made.token,
    expiresAt: made.expires_at,
    accountId: made.account.id,
    roles: made.account.roles,
    name: made.account.display_name,
    guest: body.provider === 'guest'
  }
  session.lost = false
  save(KEYS.session, session.signed)
}

export function signOut(): void {
  session.signed = null
  session.lost = false
  forget(KEYS.session)
}

async function openSession(): Promise<void> {
  // #ifdef MP-WEIXIN
  const code = await weChatCode()
  if (code) return signIn({ provider: 'wechat_miniprogram', code })
  // #endif
  return signIn({ provider: 'guest' })
}

function canSignInSilently(): boolean {
  // #ifdef MP-WEIXIN
  return true
  // #endif
  // #ifndef MP-WEIXIN
  return false
  // #endif
}

// #ifdef MP-WEIXIN
function weChatCode(): Promise<string | null> {
  return new Promise((resolve) => {
    uni.login({ provider: 'weixin', success: (done) => resolve(done.code || null), fail: () => resolve(null) })
  })
}
// #endif
