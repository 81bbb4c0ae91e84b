/** Half-filled forms of actions, with their photos: kept until they are sent or given up. One per issue and action. */
import type { Action } from '@/api/types'
import type { Values } from '@/lib/action_form'
import type { KeptPicture } from './photos'
import { KEYS, load, save } from './store'

export interface ActionDraft {
  values: Values
  photos: KeptPicture[]
}

type All = Record<string, ActionDraft>

export function placeOf(action: string, source: string): string {
  return `${action}:${source}`
}

export function keptForm(place: string): ActionDraft | null {
  return load<All>(KEYS.forms, {})[place] ?? null
}

/** False when the phone has no room. Nothing is kept of an empty form. */
export function keepForm(place: string, draft: ActionDraft | null): boolean {
  const { [place]: _before, ...others } = load<All>(KEYS.forms, {})
  const filled = draft !== null && (draft.photos.length > 0 || Object.values(draft.values).some((value) => value.length > 0))
  return save(KEYS.forms, filled ? { ...others, [place]: draft } : others)
}

/** What can be shown again as it was: a chosen unit or person is chosen anew, since it may be gone. */
export function worthKeeping(action: Action, values: Values): Values {
  const names = action.fields.filter((field) => field.type !== 'id' && field.type !== 'uploads').map((field) => field.name)
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)))
}

export function formPhotos(): KeptPicture[] {
  return Object.values(load<All>(KEYS.forms, {})).flatMap((one) => one.photos)
}
