/** Photos in the mini-program: shrunk by WeChat, kept as saved files. */
import { fitted, QUALITY, type Chosen } from './photo_size'

/** Up to `count` photos from camera or album; an empty list when the person changed their mind. */
export function choose(count: number): Promise<Chosen[]> {
  return new Promise((resolve) => {
    uni.chooseMedia({
      count,
      mediaType: ['image'],
      sizeType: ['compressed'],
      success: (done) => resolve(done.tempFiles.map((one) => ({ path: one.tempFilePath }))),
      fail: () => resolve([])
    })
  })
}

const PATHS = 'photo_paths'

/** Shrinks and keeps one photo under `id`; answers an address to show it. */
export async function keep(id: string, chosen: Chosen): Promise<string> {
  const small = await compressed(chosen.path)
  const path = await saved(small)
  writePaths({ ...paths(), [id]: path })
  return path
}

/** The address of a kept photo, null when the phone has lost it. */
export async function shown(id: string): Promise<string | null> {
  return paths()[id] ?? null
}

export async function drop(id: string): Promise<void> {
  const { [id]: path, ...rest } = paths()
  if (path) uni.removeSavedFile({ filePath: path, fail: () => undefined })
  writePaths(rest)
}

/** What `uni.uploadFile` takes; null when the phone has lost it. */
export async function toSend(id: string): Promise<Partial<UniApp.UploadFileOption> | null> {
  const path = paths()[id]
  return path ? { filePath: path } : null
}

function paths(): Record<string, string> {
  return (uni.getStorageSync(PATHS) || {}) as Record<string, string>
}

function writePaths(value: Record<string, string>): void {
  uni.setStorageSync(PATHS, value)
}

function compressed(path: string): Promise<string> {
  return new Promise((resolve) => {
    uni.getImageInfo({
      src: path,
      success: (info) => {
        const size = fitted(info.width, info.height)
        uni.compressImage({
          src: path,
          quality: QUALITY * 100,
          compressedWidth: size.width,
          compressedHeight: size.height,
          success: (done) => resolve(done.tempFilePath),
          fail: () => resolve(path)
        } as UniApp.CompressImageOptions)
      },
      fail: () => resolve(path)
    })
  })
}

function saved(path: string): Promise<string> {
  return new Promise((resolve) => {
    uni.saveFile({ tempFilePath: path, success: (done) => resolve(done.savedFilePath), fail: () => resolve(path) })
  })
}
