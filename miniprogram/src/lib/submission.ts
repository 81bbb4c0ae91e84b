/** From what was written to what is sent: pure, so that every rule of the form can be tested. */
import type { Draft } from '@/state/draft'
import type { IssueBody } from '@/api/types'
import { words } from '@/words'

export const SHORTEST = 5
export const LONGEST = 2000

export type Faults = Partial<Record<'content' | 'anonymity' | 'phone' | 'privacy' | 'station' | 'about', string>>

/** Characters as the server counts them: an emoji is one. */
export function lengthOf(text: string): number {
  return [...text.trim()].length
}

/** What is missing or wrong, by field; empty when it may be sent. */
export function faultsOf(draft: Draft, privacy: boolean): Faults {
  const faults: Faults = {}
  if (!draft.stationCode) faults.station = words.write.noStation
  if (lengthOf(draft.content) < SHORTEST) faults.content = words.write.tooShort
  if (!draft.anonymity) faults.anonymity = words.chooseOne
  if (sharesIdentity(draft) && draft.phone && !/^[0-9+\- ]{5,20}$/.test(draft.phone.trim())) faults.phone = words.write.badPhone
  if ((draft.aboutAsked || draft.aboutType) && !draft.aboutId) faults.about = words.chooseOne
  if (!privacy) faults.privacy = words.write.privacyNeeded
  return faults
}

/** A name is asked for only where somebody shall know it. */
export function sharesIdentity(draft: Draft): boolean {
  return draft.anonymity === 'station_only' || draft.anonymity === 'named'
}

export function bodyOf(draft: Draft): IssueBody {
  const known = sharesIdentity(draft)
  const name = draft.name.trim()
  const phone = draft.phone.trim()
  return {
    station_code: draft.stationCode,
    content: draft.content.trim(),
    category: draft.categoryId,
    kind: draft.aboutType ? 'COMPLAINT' : 'HELP',
    deputy_id: draft.aboutType ? null : draft.deputyId,
    grid_id: draft.gridId,
    place: draft.place.trim() || null,
    about: draft.aboutType && draft.aboutId ? { type: draft.aboutType, id: draft.aboutId } : null,
    contact: known && (name || phone) ? { name: name || null, phone: phone || null } : null,
    anonymity: draft.anonymity ?? 'receipt_only',
    consents: { privacy: true, pass_on: known && draft.passOn, publish: draft.publish, contact: known && draft.contact }
  }
}

/** The server's field names as the form's own. */
export function faultsFrom(server: { field: string; message: string }[]): Faults {
  const own: Record<string, keyof Faults> = {
    content: 'content', anonymity: 'anonymity', 'contact.phone': 'phone', 'consents.privacy': 'privacy', station_code: 'station', about: 'about'
  }
  const faults: Faults = {}
  for (const { field, message } of server) {
    const name = own[field] ?? (field.startsWith('about') ? 'about' : undefined)
    if (name) faults[name] = message
  }
  return faults
}
