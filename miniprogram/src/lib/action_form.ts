/** A form drawn from an action's `fields`: labels, what is missing, and the body to send. Pure. */
import type { Action, ActionBody, Field } from '@/api/types'
import { words } from '@/words'

export type Values = Record<string, string | string[]>

export function labelOf(action: string, field: string): string {
  return words.form.special[`${action}.${field}`] ?? words.form.fields[field] ?? field
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
