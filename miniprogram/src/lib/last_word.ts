/** What a resident was told with the step that brought the matter where it is: read before anything is asked of them. Pure. */
import type { HistoryLine, Issue, State } from '@/api/types'

const TELLING: readonly State[] = ['feedback_given', 'need_info', 'declined', 'content_rejected']
const OVER: readonly State[] = ['closed', 'archived']

export type Told = Pick<HistoryLine, 'from_state' | 'state' | 'note'>

/** Null where nothing was said, or what was said is over: a new round, a supplement given. */
export function lastWord<Line extends Told>(issue: { state: Issue['state']; history: Line[] }): Line | null {
  const state = OVER.includes(issue.state) ? 'feedback_given' : issue.state
  if (!TELLING.includes(state)) return null
  return [...issue.history].reverse().find((line) => line.state === state && line.from_state !== state && line.note) ?? null
}
