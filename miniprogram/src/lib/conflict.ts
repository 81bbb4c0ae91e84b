/** Somebody else was faster: what changed meanwhile, and whether one's own step is still possible. Pure. */
import type { Issue } from '@/api/types'
import { words } from '@/words'

export interface Changed {
  at: string
  by: string
  title: string
  note: string
}

/** `open`: the same step may still be taken, against `version`. */
export interface Conflict {
  version: number
  seen: number
  stateTitle: string
  who: string
  changed: Changed[]
  open: boolean
}

/** `seen`: number of the last line of history the person had before them. */
export function conflictOf(current: Issue, action: string, seen: number): Conflict {
  const later = current.history.filter((line) => line.seq > seen)
  return {
    version: current.version,
    seen: lastSeen(current),
    stateTitle: current.state_title,
    who: whoHas(current.responsible),
    changed: later.map((line) => ({ at: line.at, by: line.actor.name, title: line.title, note: line.note ?? '' })),
    open: current.actions.some((one) => one.name === action)
  }
}

/** Whoever owes the next step, for somebody who is not that resident. */
export function whoHas(holder: Issue['responsible']): string {
  return holder?.role === 'resident' ? words.settings.roles.resident! : (holder?.name ?? '')
}

export function lastSeen(issue: Issue): number {
  return issue.history.reduce((most, line) => Math.max(most, line.seq), 0)
}
