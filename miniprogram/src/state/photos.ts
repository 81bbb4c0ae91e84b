/** Photos on their way: each with its own progress, retry and removal; finished ones survive a restart. */
import { asProblem } from '@/api/problem'
import { newKey } from '@/lib/keys'
import { choose, drop, keep, shown } from '@/lib/photo_files'
import { NotAPhoto } from '@/lib/photo_size'
import { upload } from '@/lib/upload'
import { words } from '@/words'

export const MOST_PHOTOS = 9

export interface Picture {
  id: string
  key: string
  uploadId: string | null
  /** The rest is not kept. */
  state: 'shrinking' | 'waiting' | 'sending' | 'done' | 'failed'
  percent: number
  preview: string
  error: string
}

export type KeptPicture = Pick<Picture, 'id' | 'key' | 'uploadId'>

export function kept(pictures: Picture[]): KeptPicture[] {
  return pictures.filter((one) => one.state !== 'shrinking').map(({ id, key, uploadId }) => ({ id, key, uploadId }))
}

/** Of those that arrived. */
export function uploadIdsOf(pictures: Picture[]): string[] {
  return pictures.map((one) => one.uploadId).filter((id): id is string => id !== null)
}

/** Those of an earlier visit that the phone still has. */
export async function restored(list: KeptPicture[]): Promise<Picture[]> {
  const found: Picture[] = []
  for (const one of list) {
    const preview = await shown(one.id)
    if (preview === null && !one.uploadId) continue
    found.push({ ...one, state: one.uploadId ? 'done' : 'waiting', percent: one.uploadId ? 100 : 0, preview: preview ?? '', error: '' })
  }
  return found
}

/**
 * Lets the person choose and puts them into `pictures`, which may be reactive; `changed` is called after each step.
 * `receipt`: they go with this code, and without an account.
 */
export async function add(pictures: Picture[], changed: () => void, receipt = ''): Promise<void> {
  const room = MOST_PHOTOS - pictures.length
  if (room <= 0) return
  for (const chosen of await choose(room)) {
    pictures.push({ id: newKey(), key: newKey(), uploadId: null, state: 'shrinking', percent: 0, preview: '', error: '' })
    const own = pictures[pictures.length - 1]!
    try {
      own.preview = await keep(own.id, chosen)
      own.state = 'waiting'
    } catch (thrown) {
      own.state = 'failed'
      own.error = thrown instanceof NotAPhoto ? words.photos.unreadable : words.photos.noRoom
    }
    changed()
    if (own.state === 'waiting') void sendOne(own, changed, receipt)
  }
}

export async function sendOne(picture: Picture, changed: () => void, receipt = ''): Promise<void> {
  picture.state = 'sending'
  picture.error = ''
  try {
    const made = await upload(picture.id, picture.key, (percent) => (picture.percent = percent), receipt)
    picture.uploadId = made.id
    picture.state = 'done'
  } catch (thrown) {
    const problem = asProblem(thrown)
    picture.state = problem.mayPass ? 'waiting' : 'failed'
    picture.error = problem.mayPass ? words.photos.later : problem.detail
  }
  changed()
}

export async function remove(pictures: Picture[], id: string, changed: () => void): Promise<void> {
  const at = pictures.findIndex((one) => one.id === id)
  if (at >= 0) pictures.splice(at, 1)
  await drop(id)
  changed()
}
