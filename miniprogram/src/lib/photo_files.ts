/** The bytes of chosen photos on this phone: shrunk, kept until they are sent, also over a restart. */
import * as browser from './photo_files_h5'
import * as weChat from './photo_files_mp'
import type { Chosen } from './photo_size'

interface PhotoFiles {
  choose(count: number): Promise<Chosen[]>
  keep(id: string, chosen: Chosen): Promise<string>
  shown(id: string): Promise<string | null>
  drop(id: string): Promise<void>
  toSend(id: string): Promise<Partial<UniApp.UploadFileOption> | null>
}

// Known when building: the other half is left out of the package.
const files: PhotoFiles = process.env.UNI_PLATFORM === 'h5' ? browser : weChat
export const { choose, keep, shown, drop, toSend } = files
