/** What is being written, kept on every keystroke: a call, a dead battery or an expired session loses nothing. */
import type { Anonymity } from '@/api/types'
import type { KeptPicture } from './photos'
import { forget, KEYS, load, save } from './store'

export interface Draft {
  stationCode: string
  stationName: string
  gridId: string | null
  deputyId: string | null
  deputyName: string | null
  content: string
  place: string
  categoryId: string | null
  anonymity: Anonymity | null
  /** It is about somebody; who, may not be chosen yet. */
  aboutAsked: boolean
  aboutType: '' | 'deputy' | 'station' | 'unit'
  aboutId: string | null
  name: string
  phone: string
  passOn: boolean
  publish: boolean
  contact: boolean
  photos: KeptPicture[]
}

export function emptyDraft(): Draft {
  return {
    stationCode: '', stationName: '', gridId: null, deputyId: null, deputyName: null,
    content: '', place: '', categoryId: null, anonymity: null, aboutAsked: false, aboutType: '', aboutId: null,
    name: '', phone: '', passOn: false, publish: false, contact: false, photos: []
  }
}

export function loadDraft(): Draft | null {
  const kept = load<Partial<Draft> | null>(KEYS.draft, null)
  return kept ? { ...emptyDraft(), ...kept } : null
}

export function saveDraft(draft: Draft): boolean {
  return save(KEYS.draft, draft)
}

export function dropDraft(): void {
  forget(KEYS.draft)
}

/** Half-written answers and messages, one per place (`answer:ISSUE`). */
export function keptText(place: string): string {
  return load<Record<string, string>>(KEYS.texts, {})[place] ?? ''
}

export function keepText(place: string, text: string): void {
  const all = load<Record<string, string>>(KEYS.texts, {})
  if (text) all[place] = text
  else delete all[place]
  save(KEYS.texts, all)
}
