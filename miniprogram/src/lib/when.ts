/** Moments in words, in Chinese time, whatever the phone's own clock thinks. */
import { words } from '@/words'

const CHINA_MS = 8 * 3_600_000
const DAY_MS = 86_400_000

function china(moment: string | number): Date {
  return new Date((typeof moment === 'number' ? moment : Date.parse(moment)) + CHINA_MS)
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

/** 3月5日（星期四） */
export function day(moment: string): string {
  const at = china(moment)
  return words.time.day(at.getUTCMonth() + 1, at.getUTCDate(), at.getUTCDay())
}

/** 09:00 */
export function hour(moment: string): string {
  const at = china(moment)
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`
}

export function dayAndHour(moment: string): string {
  return `${day(moment)} ${hour(moment)}`
}

/** 3月5日 09:00，其他年份带年 */
export function short(moment: string, now = Date.now()): string {
  const at = china(moment)
  const year = at.getUTCFullYear() === china(now).getUTCFullYear() ? '' : words.time.year(at.getUTCFullYear())
  return `${year}${words.time.date(at.getUTCMonth() + 1, at.getUTCDate())} ${hour(moment)}`
}

/** 3月5日，其他年份带年: of a moment whose hour nobody needs. */
export function dayOf(moment: string, now = Date.now()): string {
  return short(moment, now).replace(/ [\d:]+$/, '')
}

/** 今天、明天、还有 3 天、已过 2 天 */
export function until(moment: string, now = Date.now()): string {
  const days = Math.floor(china(moment).getTime() / DAY_MS) - Math.floor(china(now).getTime() / DAY_MS)
  if (days < 0 || Date.parse(moment) < now) return words.time.over(Math.max(0, -days))
  return words.time.left(days)
}

/** The calendar day it is in China, `2026-03-02`. */
export function today(now = Date.now()): string {
  return china(now).toISOString().slice(0, 10)
}

/** 3月2日, of a calendar day (`2026-03-02`); anything else stays as it is. */
export function date(text: string): string {
  const found = /^\d{4}-(\d{2})-(\d{2})$/.exec(text)
  return found ? words.time.date(Number(found[1]), Number(found[2])) : text
}

/** 2026年3月2日（星期一）, of a calendar day. */
export function dayInFull(text: string): string {
  const noon = `${text}T12:00:00+08:00`
  return Number.isNaN(Date.parse(noon)) ? text : words.time.year(Number(text.slice(0, 4))) + day(noon)
}
