/** What waits on the phone to be sent: a submission, one action or words on an issue, a deputy's leave. Shapes only. */
import type { FieldFault } from '@/api/problem'
import type { ActionBody, IssueBody, LeaveBody } from '@/api/types'
import type { Values } from '@/lib/action_form'
import type { Conflict } from '@/lib/conflict'
import type { Draft } from './draft'
import type { KeptPicture } from './photos'

/**
 * waiting: will be sent by itself. failed: the server refused it, a person must change something. conflict: somebody
 * else was faster, a person must look. unsure: it may have arrived under an account that is gone; only a person can say
 * whether to send it again.
 */
export type QueueState = 'waiting' | 'failed' | 'conflict' | 'unsure'

interface Waiting {
  id: string
  /** Idempotency-Key: the same for every try. */
  key: string
  photos: KeptPicture[]
  queuedAt: number
  state: QueueState
  error: string
  faults: FieldFault[]
  /** Under which account it was tried without learning the outcome. */
  triedAs: string | null
  notBefore: number
}

export interface Submission extends Waiting {
  kind: 'submit'
  body: IssueBody
  draft: Draft
  stationName: string
}

/** By whom: the account (`owner`), or whoever holds the receipt code, and then without a token and without an account. */
interface Owned extends Waiting {
  owner: string
  receipt: string
}

/** On which issue; the id is empty for whoever holds a code. */
interface OnIssue extends Owned {
  issueId: string
  number: string
  title: string
}

/** One step on an issue, made against the version seen (`body.version`). */
export interface Doing extends OnIssue {
  kind: 'act'
  actionTitle: string
  body: ActionBody
  /** As typed, to be given back into the form. */
  values: Values
  /** The last line of the history seen. */
  seen: number
  conflict: Conflict | null
}

/** A message in the conversation of an issue. */
export interface Saying extends OnIssue {
  kind: 'say'
  text: string
}

export interface LeaveWish extends Owned {
  kind: 'leave'
  body: LeaveBody
}

export type Queued = Submission | Doing | Saying | LeaveWish
