/** The resident's line of six steps: 收集—登记—交办—办理—反馈—评价 (rulebook §2.7). Pure. */
import type { HistoryLine, Issue, State } from '@/api/types'
import { words } from '@/words'

/** The step being taken while an issue is in this state; where nothing is being taken, the state is missing. */
const TAKEN: Partial<Record<State, number>> = {
  content_review: 1,
  pending_accept: 2,
  with_deputy: 3,
  reopened: 3,
  escalated: 3,
  assigned: 3, // handed over once the unit signs
  handling: 4,
  in_plan: 4,
  unit_done: 5, // what the unit says; the resident is told next
  feedback_given: 6
}
const OVER: readonly State[] = ['closed', 'archived']
/** Closed without the resident's word: not all six were taken. */
const UNRATED = 'NOT_RATED'

export interface Progress {
  /** 1 to 6. */
  step: number
  /** `stopped`: at that step it ended, or went on as part of another issue. */
  is: 'now' | 'stopped' | 'over'
}

export type Stepping = Pick<Issue, 'state' | 'outcome'> & { history: Pick<HistoryLine, 'from_state' | 'state'>[] }

export function progressOf(issue: Stepping): Progress {
  const taken = TAKEN[issue.state]
  if (taken) return { step: taken, is: 'now' }
  const step = before(issue)
  if (issue.state === 'need_info') return { step, is: 'now' } // it waits for the resident, at the step it was at
  const over = OVER.includes(issue.state) && step === words.steps.names.length && issue.outcome !== UNRATED
  return { step, is: over ? 'over' : 'stopped' }
}

/** What says the same to the eye and to a screen reader. */
export function progressInWords(progress: Progress): string {
  const of = words.steps.names.length
  return progress.is === 'over' ? words.steps.over(of) : words.steps.now(progress.step, of, nameOf(progress))
}

/** Why it went no further; empty where it did. */
export function stopInWords(issue: Stepping, progress: Progress): string {
  if (progress.is !== 'stopped') return ''
  const why = words.steps.why[issue.outcome ?? ''] ?? words.steps.why[issue.state] ?? ''
  return words.steps.stopped(progress.step, nameOf(progress), why)
}

function nameOf(progress: Progress): string {
  return words.steps.names[progress.step - 1] ?? ''
}

/** The last step that was being taken, from what happened. */
function before(issue: Stepping): number {
  for (const line of [...issue.history].reverse()) {
    const taken = TAKEN[line.state] ?? (line.from_state ? TAKEN[line.from_state] : undefined)
    if (taken) return taken
  }
  return 1
}
