/** One photo to the server, with its progress; the same key for every repetition, so it arrives once. */
import { headersFor } from '@/api/client'
import { asProblem, offline, problemOf, Problem } from '@/api/problem'
import { origin } from '@/api/transport'
import type { Photo } from '@/api/types'
import { ensureSession, sessionRefused } from '@/state/session'
import { words } from '@/words'
import { toSend } from './photo_files'

type Progress = (percent: number) => void
const underway = new Map<string, Promise<Photo>>()

/**
 * Throws `Problem`. `onProgress` gets whole percents. With a receipt code the photo goes to that code's own door and no
 * token goes along: nothing could join it to an account. What is on its way already is waited for, not sent beside itself:
 * whoever submits while a photo is being sent has a slow network.
 */
export function upload(id: string, key: string, onProgress: Progress, receipt = ''): Promise<Photo> {
  const before = underway.get(key)
  if (before) return before
  const now = sent(id, key, onProgress, receipt).finally(() => underway.delete(key))
  underway.set(key, now)
  return now
}

async function sent(id: string, key: string, onProgress: Progress, receipt: string): Promise<Photo> {
  const source = await toSend(id)
  if (!source) throw new Problem(-1, words.photos.lost, 'lost')
  if (receipt) return once(source, key, onProgress, receipt)
  await ensureSession()
  try {
    return await once(source, key, onProgress)
  } catch (thrown) {
    const problem = asProblem(thrown)
    if (problem.status !== 401 || !(await sessionRefused())) throw problem
    return once(source, key, onProgress)
  }
}

function once(source: Partial<UniApp.UploadFileOption>, key: string, onProgress: Progress, receipt = ''): Promise<Photo> {
  return new Promise((resolve, reject) => {
    const task = uni.uploadFile({
      ...source,
      url: `${origin()}/api/v1${receipt ? `/receipts/${encodeURIComponent(receipt)}` : ''}/uploads`,
      name: 'file',
      header: headersFor(key, !receipt),
      timeout: 120_000,
      success: (answer) => {
        const body = parsed(answer.data)
        if (answer.statusCode === 201) resolve(body as Photo)
        else reject(problemOf(answer.statusCode, body))
      },
      fail: () => reject(offline())
    })
    task?.onProgressUpdate?.((step) => onProgress(step.progress))
  })
}

function parsed(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : text
  } catch {
    return null
  }
}

/** An address of our own server as this page may load it: H5 shows pictures of its own origin only. */
export function pictureAddress(url: string): string {
  // #ifdef H5
  // Whole: the framework puts its own base before a path alone.
  return url.replace(/^(https?:\/\/[^/]+)?(?=\/api\/v1\/)/, window.location.origin)
  // #endif
  // #ifndef H5
  return url.startsWith('/') ? origin() + url : url
  // #endif
}
