/** Photos in a browser: shrunk on a canvas, kept in IndexedDB. */
import { fitted, MOST_BYTES, NotAPhoto, QUALITY, type Chosen } from './photo_size'

/** Up to `count` photos from camera or album; an empty list when the person changed their mind. */
export function choose(count: number): Promise<Chosen[]> {
  return new Promise((resolve) => {
    uni.chooseImage({
      count,
      sizeType: ['original'],
      success: (done) => {
        const files = listed(done.tempFiles) as unknown as Blob[]
        resolve(listed(done.tempFilePaths).slice(0, count).map((path, at) => ({ path: path as string, file: files[at] })))
      },
      fail: () => resolve([])
    })
  })
}

function listed<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value]
}

const STORE = 'photos'
let opened: Promise<IDBDatabase> | null = null
/** Where the browser keeps nothing (private mode), photos live as long as the page. */
const inMemory = new Map<string, Blob>()

/** Shrinks and keeps one photo under `id`; answers an address to show it. */
export async function keep(id: string, chosen: Chosen): Promise<string> {
  if (!chosen.file) throw new NotAPhoto()
  const small = await shrink(chosen.file)
  inMemory.set(id, small)
  await inStore('readwrite', (store) => store.put(small, id)).catch(() => undefined)
  URL.revokeObjectURL(chosen.path)
  return URL.createObjectURL(small)
}

/** The address of a kept photo, null when the phone has lost it. */
export async function shown(id: string): Promise<string | null> {
  const blob = await blobOf(id)
  return blob ? URL.createObjectURL(blob) : null
}

export async function drop(id: string): Promise<void> {
  inMemory.delete(id)
  await inStore('readwrite', (store) => store.delete(id)).catch(() => undefined)
}

/** What `uni.uploadFile` takes; null when the phone has lost it. */
export async function toSend(id: string): Promise<Partial<UniApp.UploadFileOption> | null> {
  const blob = await blobOf(id)
  if (!blob) return null
  // The same name each time: a repeated upload must be the same request. Given alone, `file` would be refused by the framework.
  // What the browser could not name (a HEIC) is not called a JPEG: the server takes no wrong name.
  const file = new File([blob], 'photo', { type: blob.type || 'application/octet-stream' })
  return { files: [{ name: 'file', uri: '', file }] } as unknown as Partial<UniApp.UploadFileOption>
}

async function blobOf(id: string): Promise<Blob | null> {
  const near = inMemory.get(id)
  if (near) return near
  const kept = await inStore<Blob | undefined>('readonly', (store) => store.get(id)).catch(() => undefined)
  return kept ?? null
}

async function shrink(file: Blob): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => null)
  if (!picture) {
    // A browser that cannot read HEIC: the server can. Anything else is refused there with a sentence.
    if (file.size > MOST_BYTES || !/^image\//.test(file.type || 'image/')) throw new NotAPhoto()
    return file
  }
  const size = fitted(picture.width, picture.height)
  const canvas = document.createElement('canvas')
  canvas.width = size.width
  canvas.height = size.height
  canvas.getContext('2d')?.drawImage(picture, 0, 0, size.width, size.height)
  picture.close()
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
  if (!blob) throw new NotAPhoto()
  return blob
}

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open('mashang', 1)
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE)
    asked.onsuccess = () => resolve(asked.result)
    asked.onerror = () => reject(asked.error)
  })
  return opened
}

async function inStore<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest): Promise<T> {
  const store = (await database()).transaction(STORE, mode).objectStore(STORE)
  return new Promise((resolve, reject) => {
    const asked = work(store)
    asked.onsuccess = () => resolve(asked.result as T)
    asked.onerror = () => reject(asked.error)
  })
}
