/** What waits for whoever works here, for badges; and where others hook in: after the workbench opened, after a step. */
import { reactive } from 'vue'
import { call } from '@/api/client'
import { viewsOf } from '@/lib/work_boxes'
import { session, worksHere } from './session'

/** `waiting`: steps this person owes; `overdue`: of everything in the inbox. Zero until counted. */
export const work = reactive({ waiting: 0, overdue: 0, counted: false })

export type Moment = 'opened' | 'acted'
type Listener = (moment: Moment) => void
const listeners: Listener[] = []

/** The hook for subscription prompts and the like: called with what just happened, after it is shown. */
export function onWork(listener: Listener): void {
  listeners.push(listener)
}

export function workMoment(moment: Moment): void {
  for (const listener of listeners) listener(moment)
}

/** Counts anew; a number that does not come is no reason to stop anybody. */
export async function countWork(): Promise<void> {
  const first = viewsOf(session.signed?.roles ?? [])[0]
  if (!worksHere() || first?.box !== 'inbox') return
  const found = await call('get', '/api/v1/issues/counts', { query: { box: 'inbox' } }).catch(() => null)
  if (!found) return
  Object.assign(work, { waiting: first.waiting ? found.waiting : found.total_open, overdue: found.overdue, counted: true })
}
