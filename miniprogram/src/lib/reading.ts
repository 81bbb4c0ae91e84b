/** What of a page is read aloud through WeChat, and in which parts. Pure: what stands here is all that leaves the phone. */
import type { DeputyDetail, Issue, Notice, PublicIssueDetail, Scan, StationDetail } from '@/api/types'
import type { Draft } from '@/state/draft'
import { words } from '@/words'
import { speech } from '@/words/speech'
import { sentences } from './sentences'
import { date, day, dayAndHour, hour } from './when'
import { withoutPoint } from './where'

type Lines = (string | null | undefined | false)[]

/**
 * Characters WeChat gets at once. Its description allows 1,000 bytes; users met a refusal (-20003) from 150 characters on
 * (blog.csdn.net/weixin_45059962/article/details/140459366).
 */
export const LONGEST_PART = 100
const NEWEST = 3
const FIRST = 5

/** Whole sentences together as long as they fit; one that does not fit is cut at its commas, or where it must be. */
export function inParts(lines: Lines): string[] {
  const parts: string[] = []
  for (const piece of lines.flatMap((line) => sentences(line || '')).flatMap(short)) {
    const last = parts[parts.length - 1]
    if (last !== undefined && last.length + piece.length < LONGEST_PART) parts[parts.length - 1] = `${last}\n${piece}`
    else parts.push(piece)
  }
  return parts
}

function short(sentence: string): string[] {
  if (sentence.length <= LONGEST_PART) return [sentence]
  const cut = sentence.slice(0, LONGEST_PART)
  const at = Math.max(...['，', '、', '；', ',', ' '].map((mark) => cut.lastIndexOf(mark))) + 1 || LONGEST_PART
  return [sentence.slice(0, at), ...short(sentence.slice(at))]
}

function named(label: string, value: string | null | undefined | false): string {
  return value ? `${label}${words.colon}${value}` : ''
}

export function ofScan(view: Scan | null, chosen: { name: string } | null): Lines {
  if (!view) return [words.scan.welcome, words.scan.welcomeLine]
  const next = view.next_reception
  return [
    view.station.name,
    view.notice,
    chosen ? named(words.scan.chosen, chosen.name) : named(view.grid_id ? words.scan.yourDeputy : words.scan.todayDeputy, view.deputy?.name ?? words.scan.nobody),
    !chosen && view.deputy?.reason,
    words.scan.report,
    words.scan.reportLine,
    named(words.scan.reception, next ? `${dayAndHour(next.starts_at)}${words.time.to}${hour(next.ends_at)} ${next.place}` : words.scan.noReception),
    named(words.scan.address, view.station.address),
    named(words.scan.hours, view.station.hours)
  ]
}

/** One step of the form. Where nobody shall know who writes, what they wrote is not handed out either. */
export function ofWrite(step: number, draft: Draft): Lines {
  const own = draft.anonymity !== 'receipt_only'
  if (step === 1) return [words.write.content, words.write.contentHint, own && draft.content]
  if (step === 2) return [words.photos.title, words.photos.hint]
  if (step === 3) return [words.write.place, words.write.placeHint, own && withoutPoint(draft.place)]
  if (step === 4) return [words.write.anonymity, ...words.write.anonymityChoices.map((one) => named(one.title, one.hint))]
  return [words.write.aboutHint, words.write.consents, words.write.passOn, words.write.publish, words.write.contact, words.write.privacy + words.write.privacyLink]
}

export function ofReceipt(only: boolean): Lines {
  return [words.receipt.thanks, only ? words.receipt.codeOnly : words.receipt.codeAlso, speech.codeNotRead, words.receipt.keep]
}

/** Who has it, how far, by when. The newest answers only to whose matter it is, and only where that is no secret. */
export function ofIssue(issue: Issue | null, works: boolean): Lines {
  if (!issue) return []
  const open = !works && issue.anonymity !== 'receipt_only'
  const answers = issue.history.filter((line) => line.note).slice(-NEWEST)
  return [
    words.issue.stateOf(issue.state_title),
    named(words.issue.who, issue.responsible?.name ?? words.issue.nobody),
    named(words.issue.due, issue.due_at && day(issue.due_at)),
    named(words.issue.next, issue.next_step),
    ...(open ? answers.reverse().map((line) => `${line.title}${words.colon}${line.note}`) : [])
  ]
}

export function ofNotices(items: Notice[]): Lines {
  return items.length ? items.slice(0, FIRST).map((one) => named(one.title, one.body)) : [words.notices.empty]
}

export function ofStation(station: StationDetail | null): Lines {
  if (!station) return []
  const next = station.next_reception
  return [
    station.name,
    station.notice,
    named(words.scan.address, station.address),
    named(words.scan.hours, station.hours),
    named(words.scan.reception, next && `${dayAndHour(next.starts_at)} ${next.place}`),
    named(words.station.deputies, station.deputies.map((one) => one.name).join(words.comma))
  ]
}

export function ofDeputy(deputy: DeputyDetail | null): Lines {
  if (!deputy) return []
  const days = deputy.receptions.map((one) => `${dayAndHour(one.starts_at)} ${one.place}`)
  return [
    deputy.name,
    deputy.titles.join(words.comma) || words.deputy.former,
    named(words.deputy.introduction, deputy.introduction),
    named(words.deputy.receptions, days.join(words.comma) || words.deputy.noReceptions)
  ]
}

export function ofPublicIssue(issue: PublicIssueDetail | null): Lines {
  return issue ? [issue.text, words.issue.stateOf(issue.state_title), words.published.week(date(issue.week))] : []
}

export function ofPrivacy(): Lines {
  return [...words.privacy.paragraphs, speech.privacy].map((one) => named(one.title, one.text))
}
