/** A clerk's form for somebody else (代填): kept while it is written, and the body it becomes. Pure but for the draft. */
import type { IssueBody } from '@/api/types'
import { keepForm, keptForm } from '@/state/action_drafts'
import { emptyDraft, type Draft } from '@/state/draft'
import type { KeptPicture } from '@/state/photos'
import { words } from '@/words'
import { bodyOf, lengthOf, SHORTEST } from './submission'

export type Channel = NonNullable<IssueBody['on_behalf']>['channel']
export const CHANNELS: Channel[] = ['RECEPTION', 'PHONE', 'HOME_VISIT', 'YARD_MEETING', 'PAPER', 'GRID_WORKER']
const PLACE = 'register:here'

export interface Registration {
  channel: Channel
  content: string
  place: string
  categoryId: string
  anonymity: '' | NonNullable<Draft['anonymity']>
  name: string
  phone: string
}

export function emptyRegistration(): Registration {
  return { channel: 'RECEPTION', content: '', place: '', categoryId: '', anonymity: '', name: '', phone: '' }
}

export function keptRegistration(): { values: Registration; photos: KeptPicture[] } {
  const kept = keptForm(PLACE)
  return { values: { ...emptyRegistration(), ...((kept?.values ?? {}) as Partial<Registration>) }, photos: kept?.photos ?? [] }
}

export function keepRegistration(values: Registration | null, photos: KeptPicture[] = []): void {
  const written = values && (values.content || values.name || values.phone || values.place || photos.length)
  keepForm(PLACE, written ? { values: { ...values }, photos } : null)
}

export function missingIn(values: Registration, consent: boolean): Record<string, string> {
  const faults: Record<string, string> = {}
  if (lengthOf(values.content) < SHORTEST) faults.content = words.write.tooShort
  if (!values.anonymity) faults.anonymity = words.chooseOne
  if (values.phone && !/^[0-9+\- ]{5,20}$/.test(values.phone.trim())) faults.phone = words.write.badPhone
  if (!consent) faults.consent = words.register.consentNeeded
  return faults
}

/** As the outbox keeps it: the resident's own form, filled by somebody else. */
export function draftOf(values: Registration, stationCode: string, stationName: string, photos: KeptPicture[]): Draft {
  const { content, place, name, phone } = values
  return { ...emptyDraft(), stationCode, stationName, content, place, name, phone, categoryId: values.categoryId || null, anonymity: values.anonymity || null, photos }
}

export function registrationBody(values: Registration, draft: Draft): IssueBody {
  return { ...bodyOf(draft), on_behalf: { channel: values.channel, spoken_consent: true } }
}

/** What the server refused goes back into the form it came from. */
export function giveBack(body: IssueBody, draft: Draft): void {
  const { content, place, name, phone, categoryId, anonymity, photos } = draft
  const channel = body.on_behalf?.channel ?? 'RECEPTION'
  keepRegistration({ channel, content, place, name, phone, categoryId: categoryId ?? '', anonymity: anonymity ?? '' }, photos)
}
