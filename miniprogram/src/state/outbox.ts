/**
 * What was sent but may not have arrived. Everything submitted goes through here: it waits on the phone with its photos
 * and its key, is sent by itself as soon as it can, exactly once, and shows where it is.
 */
import { reactive } from 'vue'
import { call } from '@/api/client'
import { asProblem, type FieldFault } from '@/api/problem'
import type { Created, IssueBody } from '@/api/types'
import { newKey } from '@/lib/keys'
import { drop } from '@/lib/photo_files'
import { upload } from '@/lib/upload'
import { words } from '@/words'
import type { Draft } from './draft'
import type { KeptPicture } from './photos'
import { keepReceipt } from './receipts'
import { ensureSession, session } from './session'
import { KEYS, load, save } from './store'

/**
 * waiting: will be sent by itself. failed: the server refused it, a person must change something. unsure: it may have
 * arrived under an account that is gone; only a person can say whether to send it again.
 */
export type QueueState = 'waiting' | 'failed' | 'unsure'

export interface Queued {
  id: string
  key: string
  body: IssueBody
  photos: KeptPicture[]
  draft: Draft
  stationName: string
  queuedAt: number
  state: QueueState
  error: string
  faults: FieldFault[]
  /** Under which account it was tried without learning the outcome. */
  triedAs: string | null
  notBefore: number
}

export const outbox = reactive<{ items: Queued[]; sending: string | null }>({ items: [], sending: null })
let running: Promise<void> | null = null

export function restoreOutbox(): void {
  outbox.items = load<Queued[]>(KEYS.outbox, [])
}

export function enqueue(body: IssueBody, draft: Draft): Queued {
  const made: Queued = {
    id: newKey(), key: newKey(), body, photos: draft.photos, draft: { ...draft }, stationName: draft.stationName,
    queuedAt: Date.now(), state: 'waiting', error: '', faults: [], triedAs: null, notBefore: 0
  }
  outbox.items.push(made)
  persist()
  return outbox.items[outbox.items.length - 1]!
}

/** Sends whatever waits, one after the other; callers at the same time share one round. */
export function flush(now = Date.now()): Promise<void> {
  running ??= sendAll(now).finally(() => (running = null))
  return running
}

/** Sends this one now; the created issue, or null when it waits or was refused (`item.state` says which). */
export async function deliver(item: Queued): Promise<Created | null> {
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

/** A person decided that what is unsure shall be sent (again), as a new wish. */
export function sendAnyway(id: string): void {
  const item = outbox.items.find((one) => one.id === id)
  if (!item) return
  Object.assign(item, { key: newKey(), state: 'waiting', triedAs: null, error: '' })
  persist()
}

async function sendAll(now: number): Promise<void> {
  for (const item of [...outbox.items]) {
    if (item.state === 'waiting' && item.notBefore <= now) await sendOne(item)
  }
}

async function sendOne(item: Queued): Promise<Created | null> {
  outbox.sending = item.id
  try {
    await ensureSession()
    if (item.triedAs && session.signed && session.signed.accountId !== item.triedAs) return unsure(item)
    const ids = await photosOf(item)
    return await post(item, ids)
  } catch (thrown) {
    return refused(item, thrown)
  } finally {
    outbox.sending = null
    persist()
  }
}

async function photosOf(item: Queued): Promise<string[]> {
  for (const photo of item.photos) {
    if (photo.uploadId) continue
    photo.uploadId = (await upload(photo.id, photo.key, () => undefined)).id
    persist()
  }
  return item.photos.map((photo) => photo.uploadId as string)
}

async function post(item: Queued, uploadIds: string[]): Promise<Created> {
  const first = item.triedAs === null
  item.triedAs = session.signed?.accountId ?? null
  persist()
  const body: IssueBody = { ...item.body, upload_ids: uploadIds }
  const created = await call('post', '/api/v1/issues', { body, key: item.key, renew: first })
  remember(created, item)
  takeOut(item.id)
  for (const photo of item.photos) void drop(photo.id)
  return created
}

function remember(created: Created, item: Queued): void {
  keepReceipt({
    code: created.receipt_code ?? '', ratingCode: created.rating_code ?? '', number: created.number, title: created.title,
    stationName: item.stationName, anonymity: created.anonymity, at: created.created_at,
    issueId: created.anonymity === 'receipt_only' ? null : created.id
  })
}

function refused(item: Queued, thrown: unknown): null {
  const problem = asProblem(thrown)
  if (problem.status === 401 && item.triedAs) return unsure(item)
  if (problem.mayPass) {
    item.notBefore = problem.retryAfter ? Date.now() + problem.retryAfter * 1000 : 0
    item.error = problem.detail
    return null
  }
  // An answer came, and it was no: nothing was made under this key.
  Object.assign(item, { state: 'failed', error: problem.detail, faults: problem.fields, triedAs: null })
  return null
}

function unsure(item: Queued): null {
  Object.assign(item, { state: 'unsure', error: words.outbox.unsure })
  return null
}

function persist(): void {
  save(KEYS.outbox, outbox.items)
}
