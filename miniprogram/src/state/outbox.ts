/**
 * What was sent but may not have arrived. Everything submitted goes through here: it waits on the phone with its photos
 * and its key, is sent by itself as soon as it can, exactly once, and shows where it is.
 */
import { computed, reactive } from 'vue'
import { asProblem, type Problem } from '@/api/problem'
import type { Created, Issue, IssueBody, Leave, LeaveBody, Message } from '@/api/types'
import { conflictOf } from '@/lib/conflict'
import { newKey } from '@/lib/keys'
import { drop } from '@/lib/photo_files'
import { words } from '@/words'
import type { Draft } from './draft'
import type { KeptPicture } from './photos'
import type { Doing, LeaveWish, Queued, Saying, Submission } from './queued'
import { photosOf, receiptOf, sendDoing, sendLeave, sendSaying, sendSubmission } from './sending'
import { ensureSession, session } from './session'
import { KEYS, load, save } from './store'

export type { Doing, LeaveWish, Queued, QueueState, Saying, Submission } from './queued'
/** What came of it, by kind. */
export type Arrived = Created | Issue | Message | Leave

export const outbox = reactive<{ items: Queued[]; sending: string | null }>({ items: [], sending: null })
export const submissions = computed(() => outbox.items.filter((one): one is Submission => one.kind === 'submit'))
export const doings = computed(() => outbox.items.filter((one): one is Doing => one.kind === 'act'))
export const sayings = computed(() => outbox.items.filter((one): one is Saying => one.kind === 'say'))
export const leaveWishes = computed(() => outbox.items.filter((one): one is LeaveWish => one.kind === 'leave'))
let running: Promise<void> | null = null
const underway = new Map<string, Promise<Arrived | null>>()
/** The phone keeps nothing: what waits lives as long as the page. */
let noRoom = false

/**
 * What the phone keeps, as it is now: another tab of the same browser may have put something aside, or sent it. What is
 * known here stays the same object, since a form may be waiting for it. What is on its way from here, or found no room in
 * the storage, stays as well.
 */
export function restoreOutbox(): void {
  const here = outbox.items
  const stored = load<Queued[]>(KEYS.outbox, []).map((one) => here.find((known) => known.id === one.id) ?? one)
  outbox.items = [...stored, ...here.filter((one) => !stored.includes(one) && (noRoom || underway.has(one.id)))]
}

export function enqueue(body: IssueBody, draft: Draft): Submission {
  return put({ ...fresh(draft.photos), kind: 'submit', body, draft: { ...draft }, stationName: draft.stationName })
}

type About = 'issueId' | 'receipt' | 'number' | 'title'
export type Wish = Pick<Doing, About | 'actionTitle' | 'body' | 'values' | 'seen'>

/** A step on an issue, by whoever is signed in now, or holds the code. */
export function enqueueDoing(wish: Wish, photos: KeptPicture[]): Doing {
  return put({ ...fresh(photos), kind: 'act', ...wish, owner: me(), conflict: null })
}

export function enqueueSaying(wish: Pick<Saying, About | 'text'>, photos: KeptPicture[]): Saying {
  return put({ ...fresh(photos), kind: 'say', ...wish, owner: me() })
}

export function enqueueLeave(body: LeaveBody): LeaveWish {
  return put({ ...fresh([]), kind: 'leave', body, owner: me(), receipt: '' })
}

function me(): string {
  return session.signed?.accountId ?? ''
}

function fresh(photos: KeptPicture[]) {
  const state = 'waiting' as const
  return { id: newKey(), key: newKey(), photos, queuedAt: Date.now(), state, error: '', faults: [], triedAs: null, notBefore: 0 }
}

function put<T extends Queued>(made: T): T {
  outbox.items.push(made)
  persist()
  return outbox.items[outbox.items.length - 1] as T
}

/** Sends whatever waits, one after the other; callers at the same time share one round. */
export function flush(now = Date.now()): Promise<void> {
  running ??= sendAll(now).finally(() => (running = null))
  return running
}

/** Sends this one now; what came of it, or null when it waits or was refused (`item.state` says which). */
export async function deliver(item: Submission): Promise<Created | null>
export async function deliver(item: Doing): Promise<Issue | null>
export async function deliver(item: Saying): Promise<Message | null>
export async function deliver(item: LeaveWish): Promise<Leave | null>
export async function deliver(item: Queued): Promise<Arrived | null>
export async function deliver(item: Queued): Promise<Arrived | null> {
  if (running) await running
  const still = outbox.items.find((one) => one.id === item.id)
  return still ? sendOne(still) : null
}

/** Takes it out, e.g. to change it. */
export function takeOut(id: string): Queued | null {
  const at = outbox.items.findIndex((one) => one.id === id)
  if (at < 0) return null
  const [taken] = outbox.items.splice(at, 1)
  persist()
  return taken ?? null
}

/** Thrown away by who wrote it, or no longer needed: nothing of it stays on the phone, its photos neither. */
export function throwAway(id: string): void {
  for (const photo of takeOut(id)?.photos ?? []) void drop(photo.id)
}

/** A person decided that what is unsure, or was overtaken, shall be sent (again), as a new wish. */
export function sendAnyway(id: string): void {
  const item = outbox.items.find((one) => one.id === id)
  if (!item) return
  Object.assign(item, { key: newKey(), state: 'waiting', triedAs: null, error: '' })
  if (item.kind === 'act' && item.conflict) {
    item.body.version = item.conflict.version
    item.seen = item.conflict.seen
    item.conflict = null
  }
  persist()
}

async function sendAll(now: number): Promise<void> {
  for (const item of [...outbox.items]) {
    if (item.state === 'waiting' && item.notBefore <= now) await sendOne(item)
  }
}

/** Whoever asks while it is on its way waits for that one try. */
function sendOne(item: Queued): Promise<Arrived | null> {
  const before = underway.get(item.id)
  if (before) return before
  const now = tryOnce(item).finally(() => underway.delete(item.id))
  underway.set(item.id, now)
  return now
}

async function tryOnce(item: Queued): Promise<Arrived | null> {
  outbox.sending = item.id
  try {
    const byCode = receiptOf(item) !== ''
    if (!byCode) await ensureSession()
    if (item.kind !== 'submit' && !byCode && me() !== item.owner) return waits(item, words.queue.otherPerson)
    if (item.kind === 'submit' && item.triedAs && session.signed && session.signed.accountId !== item.triedAs) return unsure(item)
    return await post(item, await photosOf(item, persist))
  } catch (thrown) {
    return refused(item, asProblem(thrown))
  } finally {
    outbox.sending = null
    persist()
  }
}

async function post(item: Queued, uploadIds: string[]): Promise<Arrived> {
  const first = item.triedAs === null
  item.triedAs = session.signed?.accountId ?? null
  persist()
  const made = await request(item, uploadIds, first)
  throwAway(item.id)
  return made
}

function request(item: Queued, uploadIds: string[], first: boolean): Promise<Arrived> {
  if (item.kind === 'submit') return sendSubmission(item, uploadIds, first)
  if (item.kind === 'act') return sendDoing(item, uploadIds)
  return item.kind === 'say' ? sendSaying(item, uploadIds) : sendLeave(item)
}

function refused(item: Queued, problem: Problem): null {
  const submits = item.kind === 'submit'
  if (problem.status === 401 && !submits) return waits(item, words.problems.signInAgain)
  if (problem.status === 401 && item.triedAs) return unsure(item)
  if (problem.mayPass) {
    item.notBefore = problem.retryAfter ? Date.now() + problem.retryAfter * 1000 : 0
    return waits(item, !submits && problem.isOffline ? '' : problem.detail)
  }
  if (item.kind === 'act' && problem.status === 409 && problem.current) return overtaken(item, problem.current)
  // An answer came, and it was no: nothing was made under this key.
  Object.assign(item, { state: 'failed', error: !submits && problem.status === 404 ? words.queue.gone : problem.detail })
  Object.assign(item, { faults: problem.fields, triedAs: null })
  return null
}

function overtaken(item: Doing, current: Issue): null {
  Object.assign(item, { state: 'conflict', conflict: conflictOf(current, item.body.action, item.seen), triedAs: null })
  return null
}

function waits(item: Queued, error: string): null {
  item.error = error
  return null
}

function unsure(item: Queued): null {
  Object.assign(item, { state: 'unsure', error: words.outbox.unsure })
  return null
}

function persist(): void {
  noRoom = !save(KEYS.outbox, outbox.items)
}
