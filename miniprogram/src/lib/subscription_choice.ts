/** For which message templates WeChat may be asked at one tap, and what its answer means. Pure. */
import type { Subscription } from '@/api/types'

export type Moment = 'submit' | 'rate' | 'badge'
/** As WeChat answers per template (`wx.requestSubscribeMessage`). */
export type Choice = 'accept' | 'reject' | 'ban' | 'filter' | 'acceptWithAudio' | 'acceptWithAlert'
export type Outcome = 'accepted' | 'acceptedSome' | 'refused' | 'kept' | 'banned' | 'off' | 'failed'

const MOST = 3
const CHOICES = new Set(['accept', 'reject', 'ban', 'filter', 'acceptWithAudio', 'acceptWithAlert'])
/** The main switch of the mini-program's messages is off. The number is known from tutorials: unverified. */
const MAIN_SWITCH_OFF = 20004
/** Quicker than a person reads: nobody was asked, a choice kept with 总是保持以上选择 answered. Unverified in WeChat. */
const NOBODY_ASKED_MS = 400

/** The worthiest that run out, at most three, of one kind: WeChat refuses one-time and long-term together (domain.md §7.5). */
export function toAsk(lines: readonly Subscription[], moment: Moment): string[] {
  const wanted = lines.filter((line) => line.ask && line.moments.includes(moment))
  return wanted.filter((line) => line.kind === wanted[0]?.kind).slice(0, MOST).map((line) => line.template_id)
}

/** WeChat's answer holds other things beside the templates asked for. */
export function choicesOf(ids: readonly string[], answer: Record<string, unknown>): Record<string, Choice> {
  const found: Record<string, Choice> = {}
  for (const id of ids) if (CHOICES.has(String(answer[id]))) found[id] = String(answer[id]) as Choice
  return found
}

/** What to tell the person; `tookMs`: how long WeChat's sheet was open. */
export function outcomeOf(choices: Record<string, Choice>, tookMs: number): Outcome {
  const given = Object.values(choices)
  const yes = given.filter((one) => one.startsWith('accept')).length
  if (yes > 0) return yes === given.length ? 'accepted' : 'acceptedSome'
  if (given.includes('reject')) return tookMs < NOBODY_ASKED_MS ? 'kept' : 'refused'
  return given.length ? 'banned' : 'failed'
}

export function outcomeOfFailure(failure: { errCode?: number }): Outcome {
  return failure.errCode === MAIN_SWITCH_OFF ? 'off' : 'failed'
}
