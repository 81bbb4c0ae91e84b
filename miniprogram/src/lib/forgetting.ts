/** Takes everything of this service off the phone: for a phone that is lent, shared or given away. */
import { loadDraft } from '@/state/draft'
import { formPhotos } from '@/state/action_drafts'
import { outbox } from '@/state/outbox'
import { signOut } from '@/state/session'
import { forget, KEYS } from '@/state/store'
// #ifdef WECHAT_SI
import { forgetChoice } from '@/state/speech_choice'
// #endif
import { drop } from './photo_files'

export async function forgetEverything(): Promise<void> {
  const photos = [...(loadDraft()?.photos ?? []), ...formPhotos(), ...outbox.items.flatMap((one) => one.photos)]
  for (const photo of photos) await drop(photo.id)
  outbox.items = []
  signOut()
  // #ifdef WECHAT_SI
  forgetChoice()
  // #endif
  for (const key of Object.values(KEYS)) if (key !== KEYS.settings) forget(key)
}
