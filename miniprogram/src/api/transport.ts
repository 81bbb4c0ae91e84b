/** One request over `uni.request`, as a promise: status and body, or an offline problem. Knows nothing of sessions. */
import { offline } from './problem'
// #ifdef H5
import { answeredEarly } from '@/lib/early'
// #endif

export interface Raw {
  status: number
  body: unknown
  headers: Record<string, string>
}

export interface Asked {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT'
  url: string
  body?: unknown
  headers: Record<string, string>
}

const TIMEOUT_MS = 20_000

/** Empty on H5, which lives at the API's own origin. */
export function origin(): string {
  // #ifdef H5
  return ''
  // #endif
  // #ifndef H5
  return __API_ORIGIN__
  // #endif
}

export async function send(asked: Asked): Promise<Raw> {
  // #ifdef H5
  const early = asked.method === 'GET' && Object.keys(asked.headers).length === 0 ? await answeredEarly(asked.url) : null
  if (early) return early
  // #endif
  return new Promise((resolve, reject) => {
    uni.request({
      url: origin() + asked.url,
      method: asked.method as UniApp.RequestOptions['method'],
      data: asked.body === undefined ? undefined : JSON.stringify(asked.body),
      header: asked.body === undefined ? asked.headers : { ...asked.headers, 'Content-Type': 'application/json' },
      timeout: TIMEOUT_MS,
      success: (answer) =>
        resolve({ status: answer.statusCode, body: answer.data, headers: (answer.header ?? {}) as Record<string, string> }),
      fail: () => reject(offline())
    })
  })
}
