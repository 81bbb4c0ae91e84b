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
  /** By what it was opened; missing on phones that signed in before. */
  provider?: SignIn['provider']
}

/** Who may confirm others (rulebook §9.8); the server decides, this only spares the others a question. */
const KEEPERS = new Set(['station_head', 'township', 'unit_leader', 'district', 'admin'])
const WORK = new Set(['deputy', 'station_clerk', 'station_head', 'township', 'district', 'government_office', 'unit_clerk', 'unit_leader', 'reviewer', 'committee'])

/** `byWeChat`: what was lost came from WeChat's browser, which can be asked again. */
export const session = reactive<{ signed: Signed | null; lost: boolean; byWeChat: boolean }>({ signed: null, lost: false, byWeChat: false })
let opening: Promise<void> | null = null

export function restoreSession(): void {
  const kept = load<Signed | null>(KEYS.session, null)
  session.signed = kept && Date.parse(kept.expiresAt) > Date.now() ? kept : null
  session.lost = kept !== null && !kept.guest && session.signed === null && !canSignInSilently()
  session.byWeChat = kept?.provider === 'wechat_official'
}

export function currentToken(): string | null {
  return session.signed?.token ?? null
}

export function worksHere(): boolean {
  return session.signed?.roles.some((role) => WORK.has(role)) ?? false
}

/** Any role beside that of a resident, also those that work at a desk only. */
export function holdsWork(): boolean {
  return session.signed?.roles.some((role) => role !== 'resident') ?? false
}

export function confirmsOthers(): boolean {
  return session.signed?.roles.some((role) => KEEPERS.has(role)) ?? false
}

export function isGuest(): boolean {
  return session.signed?.guest ?? true
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
  if (opening) return opening
  if (session.signed || session.lost) return Promise.resolve()
  return meanwhile(openSession())
}

/** Signing in under way: whoever calls the server waits for it. */
export function meanwhile(work: Promise<void>): Promise<void> {
  opening = work.finally(() => (opening = null))
  return opening
}

/** After a 401: whether the call may be repeated with a fresh session. */
export async function sessionRefused(): Promise<boolean> {
  const before = session.signed
  session.signed = null
  forget(KEYS.session)
  if (before && !before.guest && !canSignInSilently()) {
    session.lost = true
    session.byWeChat = before.provider === 'wechat_official'
    return false
  }
  await ensureSession()
  return session.signed !== null
}

/** Throws `Problem` when the server does not accept it. A guest's token comes along: what the guest owns goes to the account. */
export async function signIn(body: SignIn): Promise<void> {
  const guest = session.signed?.guest ? session.signed.token : null
  const headers: Record<string, string> = guest ? { Authorization: `Bearer ${guest}` } : {}
  const answer = await send({ method: 'POST', url: '/api/v1/sessions', body, headers })
  if (answer.status !== 201) throw problemOf(answer.status, answer.body, answer.headers)
  const made = answer.body as { token: string; expires_at: string; account: Account }
  session.signed = {
    token: made.token,
    expiresAt: made.expires_at,
    accountId: made.account.id,
    roles: made.account.roles,
    name: made.account.display_name,
    guest: body.provider === 'guest',
    provider: body.provider
  }
  session.lost = false
  save(KEYS.session, session.signed)
}

/** Roles changed: somebody was bound, or gave a role back. */
export function nowKnownAs(account: Account): void {
  if (session.signed?.accountId !== account.id) return
  Object.assign(session.signed, { roles: account.roles, name: account.display_name })
  save(KEYS.session, session.signed)
}

export function signOut(): void {
  session.signed = null
  session.lost = false
  forget(KEYS.session)
}

async function openSession(): Promise<void> {
  // #ifdef MP-WEIXIN
  if (await signedInByWeChat()) return
  // #endif
  return signIn({ provider: 'guest' })
}

/** In the mini-program: a guest of a moment when WeChat did not answer becomes who they are, and keeps what they sent. */
export function upgradeGuest(): void {
  // #ifdef MP-WEIXIN
  if (session.signed?.guest && !opening) void meanwhile(signedInByWeChat().then(() => undefined))
  // #endif
}

function canSignInSilently(): boolean {
  // #ifdef MP-WEIXIN
  return true
  // #endif
  // #ifndef MP-WEIXIN
  return false
  // #endif
}

/** In the mini-program nobody types who they are: the session is there, and a guest's is tried again. */
export async function recognise(): Promise<void> {
  await ensureSession()
  upgradeGuest()
}

// #ifdef MP-WEIXIN
/** False when WeChat, or our server asking it, gave no answer or a no: one goes on as a guest. */
async function signedInByWeChat(): Promise<boolean> {
  const code = await weChatCode()
  if (!code) return false
  return signIn({ provider: 'wechat_miniprogram', code }).then(() => true, () => false)
}

function weChatCode(): Promise<string | null> {
  return new Promise((resolve) => {
    uni.login({ provider: 'weixin', success: (done) => resolve(done.code || null), fail: () => resolve(null) })
  })
}
// #endif
