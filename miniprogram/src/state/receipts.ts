/** Receipt codes this phone keeps for its owner; they can be taken off it at any time. */
import type { IssueLine } from '@/api/types'
import { KEYS, load, save } from './store'

/** Where a matter stood when this phone last looked, and when that was. Null: the code leads nowhere any more. */
export interface Standing {
  line: Pick<IssueLine, 'state' | 'state_title' | 'due_at' | 'overdue'> | null
  seenAt: string
}

export interface Receipt {
  code: string
  ratingCode: string
  number: string
  title: string
  stationName: string
  anonymity: string
  at: string
  /** Of an issue that belongs to an account: opens without the code. */
  issueId: string | null
  /** Missing: never looked. */
  standing?: Standing
}

const MOST = 50

export function receipts(): Receipt[] {
  return load<Receipt[]>(KEYS.receipts, [])
}

export function keepReceipt(receipt: Receipt): boolean {
  const others = receipts().filter((one) => one.number !== receipt.number)
  return save(KEYS.receipts, [receipt, ...others].slice(0, MOST))
}

export function receiptOf(number: string): Receipt | null {
  return receipts().find((one) => one.number === number) ?? null
}

export function dropReceipt(number: string): void {
  save(KEYS.receipts, receipts().filter((one) => one.number !== number))
}

/** Of a code that is not kept here nothing is. */
export function keepStanding(code: string, standing: Standing): void {
  save(KEYS.receipts, receipts().map((one) => (one.code === code ? { ...one, standing } : one)))
}
