/** Expected from the rulebook: an answer is read before it is rated (§9.1), a question before it is answered. */
import { describe, expect, it } from 'vitest'
import type { State } from '@/api/types'
import { lastWord } from '@/lib/last_word'

function after(...steps: [State, string | null][]) {
  const history = steps.map(([state, note], at) => ({ from_state: steps[at - 1]?.[0] ?? null, state, note }))
  return lastWord({ state: steps[steps.length - 1]![0], history })?.note ?? null
}
const begun: [State, string | null][] = [['content_review', null], ['pending_accept', null], ['with_deputy', null]]

describe('what a resident was told last', () => {
  it('stands above what is asked of them, and stays when it is over', () => {
    expect(after(...begun, ['feedback_given', '灯换了'])).toBe('灯换了')
    expect(after(...begun, ['feedback_given', '灯换了'], ['feedback_given', '别人的评价'])).toBe('灯换了')
    expect(after(...begun, ['feedback_given', '灯换了'], ['closed', '亮了，谢谢'])).toBe('灯换了')
    expect(after(...begun.slice(0, 2), ['need_info', '是哪一盏？'])).toBe('是哪一盏？')
    expect(after(...begun.slice(0, 2), ['declined', '属于诉讼'])).toBe('属于诉讼')
  })

  it('is gone when the matter goes on', () => {
    expect(after(...begun, ['feedback_given', '灯换了'], ['reopened', '还黑着'])).toBeNull()
    expect(after(...begun, ['feedback_given', '灯换了'], ['reopened', '还黑着'], ['feedback_given', '换了线'])).toBe('换了线')
    expect(after(...begun.slice(0, 2), ['need_info', '是哪一盏？'], ['pending_accept', '校门口那盏'])).toBeNull()
    expect(after(...begun)).toBeNull()
  })
})
