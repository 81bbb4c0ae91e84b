/** What went wrong, in the one shape every page shows: a Chinese sentence, and what a program needs to know. */
import { words } from '@/words'
import type { Issue } from './types'

export interface FieldFault {
  field: string
  message: string
}

/** `status` 0: no answer came (offline, timeout, cut). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly code = '',
    readonly fields: FieldFault[] = [],
    readonly retryAfter: number | null = null,
    readonly current: Issue | null = null
  ) {
    super(detail)
    this.name = 'Problem'
  }

  /** Nobody knows whether the request arrived, or the server cannot serve now: the same request may be sent again. */
  get mayPass(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }

  get isOffline(): boolean {
    return this.status === 0
  }
}

interface Loose {
  detail?: unknown
  code?: unknown
  errors?: unknown
  current?: unknown
}

/** An answer that is no success, as a problem; anything unreadable becomes a sentence of our own. */
export function problemOf(status: number, body: unknown, headers: Record<string, string> = {}): Problem {
  const given: Loose = typeof body === 'object' && body !== null ? body : {}
  const retryAfter = seconds(header(headers, 'retry-after'))
  let detail = typeof given.detail === 'string' && given.detail ? given.detail : fallback(status)
  if (status === 429 && retryAfter !== null) detail += words.problems.waitSeconds(retryAfter)
  const code = typeof given.code === 'string' ? given.code : ''
  return new Problem(status, detail, code, faults(given.errors), retryAfter, (given.current as Issue) ?? null)
}

export function offline(): Problem {
  return new Problem(0, words.problems.offline, 'offline')
}

/** Whatever was thrown, as a problem a person can read. */
export function asProblem(thrown: unknown): Problem {
  return thrown instanceof Problem ? thrown : new Problem(-1, words.problems.unexpected, 'unexpected')
}

function fallback(status: number): string {
  if (status === 413) return words.problems.tooLarge
  if (status === 429) return words.problems.tooMany
  return status >= 500 ? words.problems.serverDown : words.problems.unexpected
}

function faults(errors: unknown): FieldFault[] {
  if (!Array.isArray(errors)) return []
  return errors.filter((one): one is FieldFault => typeof one?.field === 'string' && typeof one?.message === 'string')
}

function header(headers: Record<string, string>, name: string): string | undefined {
  const found = Object.keys(headers).find((key) => key.toLowerCase() === name)
  return found === undefined ? undefined : headers[found]
}

function seconds(text: string | undefined): number | null {
  const value = Number(text)
  return text !== undefined && Number.isFinite(value) && value >= 0 ? Math.ceil(value) : null
}
