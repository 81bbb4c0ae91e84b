/** Taking one action: through the outbox, by account or by receipt code. */
import type { Action, Issue } from '@/api/types'
import type { KeptPicture } from '@/state/photos'
import { deliver, enqueueDoing, takeOut, type Doing } from '@/state/outbox'
import { bodyFor, type Values } from './action_form'
import { lastSeen, type Conflict } from './conflict'
import type { IssueSource } from './issue_source'

/** What came of it: done, kept on the phone until there is a network, overtaken by somebody, or refused. */
export type Outcome =
  | { is: 'done'; issue: Issue }
  | { is: 'kept' }
  | { is: 'overtaken'; conflict: Conflict | null }
  | { is: 'refused'; text: string; faults: Record<string, string> }

export interface Taken {
  issue: Issue
  action: Action
  values: Values
  photos: KeptPicture[]
}

export async function take(source: IssueSource, { issue, action, values, photos }: Taken): Promise<Outcome> {
  const body = bodyFor(action, issue.version, values)
  const about = { issueId: source.issueId ?? '', receipt: source.receipt, number: issue.number, title: issue.title }
  const item = enqueueDoing({ ...about, actionTitle: action.title, body, values, seen: lastSeen(issue) }, photos)
  const after = await deliver(item)
  return after ? { is: 'done', issue: after } : leftOver(item)
}

/** Refused or overtaken while the person looks on: it goes back into the form, not into the queue. */
function leftOver(item: Doing): Outcome {
  if (item.state === 'waiting') return { is: 'kept' }
  takeOut(item.id)
  if (item.state === 'conflict') return { is: 'overtaken', conflict: item.conflict }
  return { is: 'refused', text: item.error, faults: byField(item.faults) }
}

function byField(faults: { field: string; message: string }[]): Record<string, string> {
  return Object.fromEntries(faults.map((one) => [one.field, one.message]))
}
