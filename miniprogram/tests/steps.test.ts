/** Expected values from the rulebook: the line of §2.7, the moves of §9.1. */
import { describe, expect, it } from 'vitest'
import type { State } from '@/api/types'
import { progressInWords, progressOf, stopInWords, type Stepping } from '@/lib/six_steps'
import './uni'

/** An issue that went through these states, the last of which is the present one. */
function gone(through: State[], outcome: string | null = null): Stepping {
  const history = through.map((state, at) => ({ from_state: through[at - 1] ?? null, state }))
  return { state: through[through.length - 1]!, outcome, history }
}

const TOLD: State[] = ['content_review', 'pending_accept', 'with_deputy', 'assigned', 'handling', 'unit_done', 'feedback_given']
const until = (state: State): State[] => TOLD.slice(0, TOLD.indexOf(state) + 1)

/** Each state once, as it is come to in most cases. */
const EVERY: Record<State, [State[], string | null, string, string]> = {
  content_review: [until('content_review'), null, '第 1 步，共 6 步：收集', ''],
  content_rejected: [[...until('content_review'), 'content_rejected'], null, '第 1 步，共 6 步：收集', '停在第 1 步“收集”：内容没有通过审核。'],
  pending_accept: [until('pending_accept'), null, '第 2 步，共 6 步：登记', ''],
  need_info: [[...until('pending_accept'), 'need_info'], null, '第 2 步，共 6 步：登记', ''],
  declined: [[...until('pending_accept'), 'declined'], null, '第 2 步，共 6 步：登记', '停在第 2 步“登记”：没有受理。'],
  with_deputy: [until('with_deputy'), null, '第 3 步，共 6 步：交办', ''],
  assigned: [until('assigned'), null, '第 3 步，共 6 步：交办', ''],
  escalated: [[...until('handling'), 'escalated'], null, '第 3 步，共 6 步：交办', ''],
  handling: [until('handling'), null, '第 4 步，共 6 步：办理', ''],
  in_plan: [[...until('unit_done'), 'in_plan'], null, '第 4 步，共 6 步：办理', ''],
  unit_done: [until('unit_done'), null, '第 5 步，共 6 步：反馈', ''],
  feedback_given: [until('feedback_given'), null, '第 6 步，共 6 步：评价', ''],
  reopened: [[...until('feedback_given'), 'reopened'], null, '第 3 步，共 6 步：交办', ''],
  merged: [[...until('with_deputy'), 'merged'], null, '第 3 步，共 6 步：交办', '停在第 3 步“交办”：从这里起，和另一件事合并办理。'],
  withdrawn: [[...until('handling'), 'withdrawn'], null, '第 4 步，共 6 步：办理', '停在第 4 步“办理”：已经撤回。'],
  closed: [[...until('feedback_given'), 'closed'], 'SATISFIED', '6 步都走完了', ''],
  archived: [[...until('feedback_given'), 'closed', 'archived'], 'DISSATISFIED', '6 步都走完了', '']
}

describe('the six steps', () => {
  it.each(Object.entries(EVERY))('%s', (state, [through, outcome, told, stopped]) => {
    const issue = gone(through, outcome)
    expect(issue.state).toBe(state)
    const progress = progressOf(issue)
    expect([progressInWords(progress), stopInWords(issue, progress)]).toEqual([told, stopped])
  })

  it.each<[string, State[], string | null, number, string]>([
    ['asked while with the deputy: there it waits', [...until('with_deputy'), 'need_info'], null, 3, 'now'],
    ['asked in the second round', [...until('feedback_given'), 'reopened', 'need_info'], null, 3, 'now'],
    ['no answer to a question: it ended where it was (§9.1.5)', [...until('pending_accept'), 'need_info', 'closed'], 'NO_INFO', 2, 'stopped'],
    ['the same, archived', [...until('pending_accept'), 'need_info', 'closed', 'archived'], 'NO_INFO', 2, 'stopped'],
    ['withdrawn while a question was open', [...until('with_deputy'), 'need_info', 'withdrawn'], null, 3, 'stopped'],
    ['withdrawn after it was merged', [...until('pending_accept'), 'merged', 'withdrawn'], null, 2, 'stopped'],
    ['answered on the spot, no unit (§9.1.8)', [...until('with_deputy'), 'feedback_given'], 'ANSWERED', 6, 'now'],
    ['a merged one gets its own feedback (§9.1.7)', [...until('pending_accept'), 'merged', 'feedback_given'], 'HANDLED', 6, 'now'],
    ['15 days silent: not rated is no rating (§9.1.15)', [...until('feedback_given'), 'closed'], 'NOT_RATED', 6, 'stopped'],
    ['the second dissatisfaction ends it too (§9.1.15)', [...until('feedback_given'), 'reopened', 'feedback_given', 'closed'], 'DISSATISFIED', 6, 'over'],
    ['declined, and again after the appeal (§9.1.6)', [...until('pending_accept'), 'declined', 'pending_accept'], null, 2, 'now']
  ])('%s', (_why, through, outcome, step, is) => {
    expect(progressOf(gone(through, outcome))).toEqual({ step, is })
  })

  it('says why nobody rated, and why a question closed it', () => {
    const ends = [gone([...until('feedback_given'), 'closed'], 'NOT_RATED'), gone([...until('pending_accept'), 'need_info', 'closed'], 'NO_INFO')]
    expect(ends.map((issue) => stopInWords(issue, progressOf(issue)))).toEqual(['停在第 6 步“评价”：期满没有评价，已经办结。', '停在第 2 步“登记”：没有等到补充的情况，已经办结。'])
  })

  it('a state changed on the way shows in the line before, where that is not for everybody', () => {
    const history = [{ from_state: null, state: 'content_review' as State }, { from_state: 'handling' as State, state: 'withdrawn' as State }]
    expect(progressOf({ state: 'withdrawn', outcome: null, history })).toEqual({ step: 4, is: 'stopped' })
  })
})
