/** A form drawn from an action's `fields`: labels, what is missing, and the body to send. Pure. */
import type { Action, ActionBody, Field } from '@/api/types'
import { words } from '@/words'

export type Values = Record<string, string | string[]>

export function labelOf(action: string, field: string): string {
  return words.form.special[`${action}.${field}`] ?? words.form.fields[field] ?? field
}

/** What people mostly come for stands first; the rest waits behind one button. Which actions are open the server says. */
const LEADING = ['accept', 'answer', 'give_feedback', 'decide', 'rate', 'rate_as_follower', 'supplement', 'edit_resend', 'assign', 'sign', 'submit_result', 'sign_off', 'confirm_emergency']
const SECOND = ['ask_info', 'propose_unit', 'approve_content', 'reject_content', 'appeal', 'withdraw', 'extend', 'return', 'send_back']
const FEW = 4

export interface Offered {
  near: Action[]
  far: Action[]
  /** The one to press when nothing speaks against it. */
  main: string | null
}

export function arranged(actions: Action[]): Offered {
  const rank = (action: Action): number => {
    const lead = LEADING.indexOf(action.name)
    return lead >= 0 ? lead : SECOND.includes(action.name) ? 100 + SECOND.indexOf(action.name) : 200
  }
  const sorted = [...actions].sort((one, other) => rank(one) - rank(other))
  const near = sorted.filter((action) => rank(action) < 200)
  const shown = near.length && sorted.length > FEW ? near : sorted
  const main = sorted[0] && rank(sorted[0]) < 100 ? sorted[0].name : null
  return { near: shown, far: sorted.slice(shown.length), main }
}

/** What is missing, by field. A reason is asked for when somebody is dissatisfied (contract). */
export function missing(action: Action, values: Values): Record<string, string> {
  const faults: Record<string, string> = {}
  for (const field of action.fields) {
    if (isNeeded(action, field, values) && isEmpty(values[field.name])) {
      faults[field.name] = field.type === 'choice' || field.type === 'id' ? words.chooseOne : words.required
    }
  }
  return faults
}

export function isNeeded(action: Action, field: Field, values: Values): boolean {
  const rating = action.name === 'rate' || action.name === 'rate_as_follower'
  if (rating && field.name === 'reason') return values.result === 'DISSATISFIED'
  return field.required
}

export function bodyFor(action: Action, version: number, values: Values): ActionBody {
  const sent: Record<string, unknown> = { action: action.name, version }
  for (const field of action.fields) {
    const value = values[field.name]
    if (isEmpty(value)) continue
    sent[field.name] = field.type === 'number' ? Number(value) : typeof value === 'string' ? value.trim() : value
  }
  return sent as ActionBody
}

/** Texts an official sends to a resident are read once more before they go. */
export function wantsPreview(action: Action): boolean {
  return ['answer', 'give_feedback', 'ask_info'].includes(action.name)
}

function isEmpty(value: string | string[] | undefined): boolean {
  return value === undefined || (typeof value === 'string' ? value.trim() === '' : value.length === 0)
}
