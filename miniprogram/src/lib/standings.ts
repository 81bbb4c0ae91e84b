/**
 * Where those matters stand that only their receipt codes lead to, for “我的反映”.
 *
 * Each is asked for with its own code, without a token, so that nothing joins it to an account (decision 0004). Never all
 * at once: the newest few that may have moved, one after the other; the rest waits for a tap.
 * A code that leads nowhere is not tried again: ten such tries lock out everybody behind the same address (decision 0008).
 */
import { reactive } from 'vue'
import { asProblem } from '@/api/problem'
import type { Issue, IssueLine, State } from '@/api/types'
import { keepStanding, type Receipt, type Standing } from '@/state/receipts'
import { byReceipt } from './issue_source'
import { network } from './online'
import { words } from '@/words'

/** What a line of a list says for sure, and what it may say. */
export type Line = Pick<IssueLine, 'number' | 'title' | 'created_at'> & Partial<IssueLine>

const AT_ONCE = 3
const FRESH_MS = 10_000
/** Between two of them: a village shares one address, and its sixty looks a minute. */
const BREATH_MS = 1_000
/** Nothing moves from here but by whoever holds the code. */
const OVER: readonly State[] = ['closed', 'archived', 'withdrawn', 'declined', 'content_rejected']

export function standingOf(issue: Issue, now = Date.now()): Standing {
  const { state, state_title, due_at, overdue } = issue
  return { line: { state, state_title, due_at, overdue }, seenAt: new Date(now).toISOString() }
}

export function mayMove(one: Receipt): boolean {
  const standing = one.standing
  return Boolean(one.code) && (!standing || (standing.line !== null && !OVER.includes(standing.line.state)))
}

export function isFresh(one: Receipt, now = Date.now()): boolean {
  return one.standing !== undefined && now - Date.parse(one.standing.seenAt) < FRESH_MS
}

/** As a line of a list. A date that went by since the last look is not said: nobody here knows whether it was kept. */
export function lineOf(one: Receipt, now = Date.now()): Line {
  const seen = one.standing?.line
  const passed = seen?.due_at && !isFresh(one, now) && Date.parse(seen.due_at) < now
  return { number: one.number, title: one.title, created_at: one.at, ...seen, ...(passed ? { due_at: null, overdue: false } : {}) }
}

/** `changed`: something new is kept. */
export function useStandings(changed: () => void, breath = BREATH_MS) {
  const looks = reactive({ at: '', failed: {} as Record<string, string> })
  let round = 0

  /** By itself, when the page is looked at; ends with the first that fails, and when the page is left. */
  async function lookAtSome(shown: Receipt[]): Promise<void> {
    const mine = (round += 1)
    for (const one of shown.filter((kept) => mayMove(kept) && !isFresh(kept)).slice(0, AT_ONCE)) {
      if (mine !== round || !network.online || !(await lookAt(one))) return
      await new Promise((resolve) => setTimeout(resolve, breath))
    }
  }

  /** Whether it was learnt. */
  async function lookAt(one: Receipt): Promise<boolean> {
    looks.at = one.code
    delete looks.failed[one.code]
    try {
      keepStanding(one.code, standingOf(await byReceipt(one.code).load()))
    } catch (thrown) {
      const problem = asProblem(thrown)
      if (problem.status === 404) keepStanding(one.code, { line: null, seenAt: new Date().toISOString() })
      else looks.failed[one.code] = problem.isOffline || problem.status >= 500 ? words.standing.later : problem.detail
      return problem.status === 404
    } finally {
      if (looks.at === one.code) looks.at = ''
      changed()
    }
    return true
  }

  function stop(): void {
    round += 1
  }

  return { looks, lookAtSome, lookAt, stop }
}
