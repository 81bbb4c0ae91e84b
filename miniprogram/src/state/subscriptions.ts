/**
 * Consents for WeChat's messages: what may be asked for, the question itself, and its answer told to the server.
 *
 * WeChat allows the question only in the tap itself, so what to ask for is fetched before; nothing ever waits for it.
 */
import { reactive } from 'vue'
import { call } from '@/api/client'
import { asProblem } from '@/api/problem'
import type { Subscription } from '@/api/types'
import { newKey } from '@/lib/keys'
import { choicesOf, outcomeOf, outcomeOfFailure, toAsk, type Choice, type Moment, type Outcome } from '@/lib/subscription_choice'
import { lastPlace } from './place'
import { session } from './session'
import { KEYS, load, save } from './store'

interface Tap {
  key: string
  accountId: string
  results: Record<string, Choice>
}

const MOST_KEPT = 20
/** Whoever said no is left in peace this long; the messages inside go on. */
const PEACE_MS = 7 * 86_400_000
const NO = new Set<Outcome>(['refused', 'kept', 'off'])
export const subscriptions = reactive<{ lines: Subscription[]; outcome: Outcome | null }>({ lines: [], outcome: null })

/** Only the mini-program can ask; H5 says what is possible instead. */
export function canSubscribe(): boolean {
  return process.env.UNI_PLATFORM === 'mp-weixin'
}

/** Which templates to ask for here. Without an answer nobody is asked: the messages inside are the truth anyway. */
export async function loadSubscriptions(): Promise<void> {
  subscriptions.outcome = null
  if (!canSubscribe()) return
  try {
    const profile = await call('get', '/api/v1/me', { query: { district_id: lastPlace()?.districtId } })
    subscriptions.lines = profile.subscriptions
    await tellKeptTaps()
  } catch {
    subscriptions.lines = []
  }
}

/** Of an issue seen by its receipt code nobody is asked: nothing may join the code to an account. */
export function forgetSubscriptions(): void {
  subscriptions.lines = []
  subscriptions.outcome = null
}

/** Whether asking now is natural: the server says that consents run out, and nobody said no lately. */
export function mayAsk(moment: Moment, now = Date.now()): boolean {
  return now - load<number>(KEYS.declined, 0) > PEACE_MS && toAsk(subscriptions.lines, moment).length > 0
}

export function decline(): void {
  save(KEYS.declined, Date.now())
}

/** Asks, in the tap this is called from; afterwards `subscriptions.outcome` says how it went. */
export function askNow(moment: Moment): void {
  if (!mayAsk(moment)) return
  const ids = toAsk(subscriptions.lines, moment)
  const began = Date.now()
  subscriptions.lines = subscriptions.lines.map((line) => (ids.includes(line.template_id) ? { ...line, ask: false } : line))
  uni.requestSubscribeMessage({
    tmplIds: ids,
    success: (answer) => {
      const results = choicesOf(ids, answer as unknown as Record<string, unknown>)
      ended(outcomeOf(results, Date.now() - began))
      if (Object.keys(results).length) void tell(results)
    },
    fail: (failure) => ended(outcomeOfFailure(failure as { errCode?: number }))
  })
}

function ended(outcome: Outcome): void {
  subscriptions.outcome = outcome
  if (NO.has(outcome)) decline()
}

/** Kept on the phone until the server has it, under one key: a repetition counts once. */
async function tell(results: Record<string, Choice>): Promise<void> {
  const accountId = session.signed?.accountId
  if (!accountId) return
  save(KEYS.taps, [...kept(), { key: newKey(), accountId, results }].slice(-MOST_KEPT))
  await tellKeptTaps()
}

async function tellKeptTaps(): Promise<void> {
  for (const tap of kept()) {
    if (tap.accountId === session.signed?.accountId && !(await told(tap))) return
    save(KEYS.taps, kept().filter((one) => one.key !== tap.key))
  }
}

/** False: try again later. What the server does not want is dropped. */
async function told(tap: Tap): Promise<boolean> {
  // Names given by a pattern are lost when the document becomes types.
  const results = tap.results as Record<string, never>
  try {
    await call('post', '/api/v1/subscriptions', { body: { template_ids: Object.keys(tap.results), results }, key: tap.key })
    return true
  } catch (thrown) {
    return !asProblem(thrown).mayPass
  }
}

function kept(): Tap[] {
  return load<Tap[]>(KEYS.taps, [])
}
