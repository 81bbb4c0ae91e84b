/** The one way to the server: typed by its own document, signed in when needed, every failure a `Problem`. */
import type { paths } from './schema'
import { problemOf } from './problem'
import { send, type Raw } from './transport'
import { currentToken, ensureSession, sessionRefused } from '@/state/session'

type Method = 'get' | 'post' | 'patch' | 'delete' | 'put'
type Operation<P extends keyof paths, M extends Method> = paths[P] extends { [K in M]: infer O } ? O : never
type PathOf<M extends Method> = {
  [P in keyof paths]: Operation<P, M> extends { responses: unknown } ? P : never
}[keyof paths]
type Json<R> = R extends { content: { 'application/json': infer B } } ? B : undefined
type Answer<O> = O extends { responses: { 200: infer R } }
  ? Json<R>
  : O extends { responses: { 201: infer R } }
    ? Json<R>
    : undefined
type BodyOf<O> = O extends { requestBody: { content: { 'application/json': infer B } } } ? B : undefined
type QueryOf<O> = O extends { parameters: { query?: infer Q } } ? Q : undefined

export interface Options<B, Q> {
  /** What stands in the path's braces. */
  params?: Record<string, string>
  query?: Q
  body?: B
  /** Idempotency-Key: the same one for every repetition of the same wish. */
  key?: string
  /** `none` for what anybody may read. */
  session?: 'needed' | 'none'
  /** False: after a 401 nothing is repeated as somebody else. */
  renew?: boolean
}

/**
 * One call of the API.
 *
 * Throws `Problem`. A guest's expired session is renewed and the call repeated once; a deputy's is not: the page asks
 * to sign in again and keeps what was typed.
 */
export async function call<M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  options: Options<BodyOf<Operation<P, M>>, QueryOf<Operation<P, M>>> = {}
): Promise<Answer<Operation<P, M>>> {
  const needed = options.session !== 'none'
  if (needed) await ensureSession()
  const url = fill(path as string, options.params ?? {}) + queryText(options.query)
  const once = (): Promise<Raw> => send({ method: upper(method), url, body: options.body, headers: headersFor(options.key, needed) })
  let answer = await once()
  if (answer.status === 401 && needed) {
    const renewed = await sessionRefused()
    if (renewed && options.renew !== false) answer = await once()
  }
  if (answer.status >= 400) throw problemOf(answer.status, answer.body, answer.headers)
  return answer.body as Answer<Operation<P, M>>
}

/** Fills a field's `search` address, which the server gives whole. */
export async function search(url: string, words: string): Promise<{ id: string; title: string }[]> {
  await ensureSession()
  const answer = await send({ method: 'GET', url: url + queryText({ q: words || undefined }), headers: headersFor(undefined, true) })
  if (answer.status >= 400) throw problemOf(answer.status, answer.body, answer.headers)
  return (answer.body as { items: { id: string; title: string }[] }).items
}

export function headersFor(key: string | undefined, withToken: boolean): Record<string, string> {
  const headers: Record<string, string> = {}
  const token = withToken ? currentToken() : null
  if (token) headers.Authorization = `Bearer ${token}`
  if (key) headers['Idempotency-Key'] = key
  return headers
}

function fill(path: string, params: Record<string, string>): string {
  return path.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(params[name] ?? ''))
}

export function queryText(query: unknown): string {
  const given = Object.entries((query ?? {}) as Record<string, unknown>)
  const each = given.flatMap(([name, value]) => (Array.isArray(value) ? value.map((one): [string, unknown] => [name, one]) : [[name, value] as [string, unknown]]))
  const pairs = each.filter(([, value]) => value !== undefined && value !== null && value !== '')
  return pairs.length ? `?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')}` : ''
}

function upper(method: Method): 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT' {
  return method.toUpperCase() as 'GET'
}
