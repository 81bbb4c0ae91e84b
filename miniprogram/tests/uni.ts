/** A small `uni` for tests: storage that forgets between tests, requests answered by the test. */
import { beforeEach, vi } from 'vitest'

export type Answer = { status: number; body?: unknown; headers?: Record<string, string> } | 'offline'
export interface Asked {
  url: string
  method: string
  header: Record<string, string>
  data: unknown
}

const storage = new Map<string, string>()
export const asked: Asked[] = []
let script: ((request: Asked) => Answer) | null = null

/** How the server answers from now on. */
export function server(answer: (request: Asked) => Answer): void {
  script = answer
}

process.env.UNI_PLATFORM = 'h5'
vi.stubGlobal('window', globalThis)
vi.stubGlobal('getCurrentPages', () => [{}])
vi.stubGlobal('uni', {
  getStorageSync: (key: string) => (storage.has(key) ? JSON.parse(storage.get(key)!) : ''),
  setStorageSync: (key: string, value: unknown) => void storage.set(key, JSON.stringify(value)),
  removeStorageSync: (key: string) => void storage.delete(key),
  request: (options: Record<string, any>) => {
    const request = { url: options.url, method: options.method, header: options.header, data: options.data ? JSON.parse(options.data) : undefined }
    asked.push(request)
    const answer = script?.(request) ?? 'offline'
    setTimeout(() => {
      if (answer === 'offline') options.fail({ errMsg: 'request:fail' })
      else options.success({ statusCode: answer.status, data: answer.body, header: answer.headers ?? {} })
    })
  }
})

beforeEach(() => {
  storage.clear()
  asked.length = 0
  script = null
})

export const SESSION = { token: 't-1', expires_at: '2099-01-01T00:00:00+08:00', account: { id: 'a-1', roles: [], display_name: null } }
