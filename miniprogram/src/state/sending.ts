/** One try to send what waits: the request of each kind, and what it leaves behind. Throws `Problem`. */
import { call } from '@/api/client'
import type { Created, Issue, IssueBody, Leave, Message } from '@/api/types'
import { byId, byReceipt } from '@/lib/issue_source'
import { upload } from '@/lib/upload'
import type { Doing, LeaveWish, Queued, Saying, Submission } from './queued'
import { keepReceipt } from './receipts'

/** The ids of its photos, each sent once; `kept` is called whenever one more has arrived. */
export async function photosOf(item: Queued, kept: () => void): Promise<string[]> {
  for (const photo of item.photos) {
    if (photo.uploadId) continue
    photo.uploadId = (await upload(photo.id, photo.key, () => undefined, receiptOf(item))).id
    kept()
  }
  return item.photos.map((photo) => photo.uploadId as string)
}

/** `renew`: whether a session that ended may be replaced by another. */
export async function sendSubmission(item: Submission, uploadIds: string[], renew: boolean): Promise<Created> {
  const body: IssueBody = { ...item.body, upload_ids: uploadIds }
  const created = await call('post', '/api/v1/issues', { body, key: item.key, renew })
  keepReceipt({
    code: created.receipt_code ?? '', ratingCode: created.rating_code ?? '', number: created.number, title: created.title,
    stationName: item.stationName, anonymity: created.anonymity, at: created.created_at,
    issueId: created.anonymity === 'receipt_only' && !item.body.on_behalf ? null : created.id
  })
  return created
}

/** Never repeated as somebody else: what is said and done is said and done in one person's name. */
export function sendDoing(item: Doing, uploadIds: string[]): Promise<Issue> {
  const body = uploadIds.length ? { ...item.body, upload_ids: uploadIds } : item.body
  return sourceOf(item).act(body, item.key, false)
}

export function sendSaying(item: Saying, uploadIds: string[]): Promise<Message> {
  return sourceOf(item).say(item.text, uploadIds, item.key, false)
}

export function sendLeave(item: LeaveWish): Promise<Leave> {
  return call('post', '/api/v1/leaves', { body: item.body, key: item.key, renew: false })
}

/** The code it goes with, empty for what an account sends. */
export function receiptOf(item: Queued): string {
  return item.kind === 'submit' ? '' : item.receipt || ''
}

function sourceOf(item: Doing | Saying) {
  return item.receipt ? byReceipt(item.receipt) : byId(item.issueId)
}
