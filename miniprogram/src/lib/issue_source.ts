/** An issue by its id (for whoever is signed in) or by its receipt code (for whoever holds it): the same verbs. */
import { call } from '@/api/client'
import type { ActionBody, Issue, Message } from '@/api/types'

export interface IssueSource {
  /** Where half-written texts of this issue are kept. */
  readonly name: string
  /** Null: opened by receipt code. */
  readonly issueId: string | null
  /** The code it was opened with, empty for an account: photos go the same way as the words. */
  readonly receipt: string
  load(): Promise<Issue>
  /** `renew`: as in `call`. */
  act(body: ActionBody, key: string, renew?: boolean): Promise<Issue>
  say(text: string, uploadIds: string[], key: string, renew?: boolean): Promise<Message>
  urge(key: string): Promise<Issue>
}

export function byId(id: string): IssueSource {
  const params = { id }
  return {
    name: id,
    issueId: id,
    receipt: '',
    load: () => call('get', '/api/v1/issues/{id}', { params }),
    act: (body, key, renew) => call('post', '/api/v1/issues/{id}/actions', { params, body, key, renew }),
    say: (text, uploadIds, key, renew) => call('post', '/api/v1/issues/{id}/messages', { params, body: { text, upload_ids: uploadIds }, key, renew }),
    urge: (key) => call('post', '/api/v1/issues/{id}/urge', { params, key })
  }
}

/** Never with a token: the code must not be joined to an account. */
export function byReceipt(code: string): IssueSource {
  const params = { receipt_code: cleanReceipt(code) }
  const session = 'none' as const
  return {
    name: params.receipt_code,
    issueId: null,
    receipt: params.receipt_code,
    load: () => call('get', '/api/v1/receipts/{receipt_code}', { params, session }),
    act: (body, key) => call('post', '/api/v1/receipts/{receipt_code}/actions', { params, body, key, session }),
    say: (text, uploadIds, key) => call('post', '/api/v1/receipts/{receipt_code}/messages', { params, body: { text, upload_ids: uploadIds }, key, session }),
    urge: (key) => call('post', '/api/v1/receipts/{receipt_code}/urge', { params, key, session })
  }
}

/** Whether what waits on this phone is about the issue of that source. */
export function isOf(source: IssueSource | null, one: { issueId: string; receipt: string }): boolean {
  return source !== null && (source.issueId ? one.issueId === source.issueId : one.receipt === source.receipt)
}

export const RECEIPT_LENGTH = 20

export function cleanReceipt(code: string): string {
  return code.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1')
}

/** In groups of four, as it is read aloud and written down. */
export function inGroups(code: string): string {
  return code.match(/.{1,4}/g)?.join(' ') ?? code
}
