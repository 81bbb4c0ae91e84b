/** Taking one action: through the outbox when the issue belongs to an account, at once by receipt code. */
import { asProblem, type Problem } from '@/api/problem'
import type { Action, Issue } from '@/api/types'
import type { KeptPicture } from '@/state/photos'
import { deliver, enqueueDoing, takeOut, type Doing } from '@/state/outbox'
import { words } from '@/words'
import { bodyFor, type Values } from './action_form'
import { lastSeen, type Conflict } from './conflict'
import type { IssueSource } from './issue_source'
import { upload } from './upload'

/** What came of it: done, kept on the phone until there is a network, overtaken by somebody, or refused (`again`: the same
 * request may be repeated). */
export type Outcome =
  | { is: 'done'; issue: Issue }
  | { is: 'kept' }
  | { is: 'overtaken'; conflict: Conflict | null }
  | { is: 'refused'; text: string; faults: Record<string, string>; again: boolean }

export interface Taken {
  issue: Issue
  action: Action
  values: Values
  photos: KeptPicture[]
}

export async function take(source: IssueSource, taken: Taken, key: string): Promise<Outcome> {
  const body = bodyFor(taken.action, taken.issue.version, taken.values)
  if (!source.issueId) {
    try {
      const uploadIds = await arrived(taken.photos, source.receipt)
      return { is: 'done', issue: await source.act(uploadIds.length ? { ...body, upload_ids: uploadIds } : body, key) }
    } catch (thrown) {
      return outcomeOf(asProblem(thrown))
    }
  }
  const { issue, action, values } = taken
  const wish = { issueId: source.issueId, number: issue.number, title: issue.title, actionTitle: action.title, body, values, seen: lastSeen(issue) }
  const item = enqueueDoing(wish, taken.photos)
  const after = await deliver(item)
  return after ? { is: 'done', issue: after } : leftOver(item)
}

/** By receipt code photos go to the code's own door; what did not get through yet is tried once more. */
async function arrived(photos: KeptPicture[], receipt: string): Promise<string[]> {
  const ids: string[] = []
  for (const photo of photos) ids.push(photo.uploadId ?? (await upload(photo.id, photo.key, () => undefined, receipt)).id)
  return ids
}

/** Refused or overtaken while the person looks on: it goes back into the form, not into the queue. */
function leftOver(item: Doing): Outcome {
  if (item.state === 'waiting') return { is: 'kept' }
  takeOut(item.id)
  if (item.state === 'conflict') return { is: 'overtaken', conflict: item.conflict }
  return { is: 'refused', text: item.error, faults: byField(item.faults), again: false }
}

function outcomeOf(problem: Problem): Outcome {
  if (problem.status === 409) return { is: 'overtaken', conflict: null }
  return { is: 'refused', text: problem.detail || words.problems.unexpected, faults: byField(problem.fields), again: problem.mayPass }
}

function byField(faults: { field: string; message: string }[]): Record<string, string> {
  return Object.fromEntries(faults.map((one) => [one.field, one.message]))
}
