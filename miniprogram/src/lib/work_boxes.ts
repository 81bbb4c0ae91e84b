/** What somebody who works here can look at: views by role, filters and orders, and the question sent for them. Pure. */
import type { IssuesQuery } from '@/api/types'

export type Box = NonNullable<IssuesQuery['box']>
export type Sort = NonNullable<IssuesQuery['sort']>
export type State = NonNullable<IssuesQuery['state']>[number]
export type Flag = 'overdue' | 'due_soon' | 'urgent'

/** One view of the workbench: a box, and what of it. */
export interface View {
  name: string
  box: Box
  sort: Sort
  waiting?: boolean
  states?: State[]
}

const ANSWERED: State[] = ['feedback_given', 'closed', 'archived']
const FOR_DEPUTY: View[] = [
  { name: 'todo', box: 'inbox', sort: 'due', waiting: true },
  { name: 'open', box: 'inbox', sort: 'due' },
  { name: 'answered', box: 'deputy', sort: 'newest', states: ANSWERED },
  { name: 'all', box: 'deputy', sort: 'newest' }
]
const WAITING: View = { name: 'todo', box: 'inbox', sort: 'due' }
const WIDER: [string[], View][] = [
  [['station_clerk', 'station_head'], { name: 'station', box: 'station', sort: 'due' }],
  [['unit_clerk', 'unit_leader'], { name: 'unit', box: 'unit', sort: 'due' }],
  [['township', 'district', 'committee', 'government_office'], { name: 'district', box: 'district', sort: 'due' }]
]
const NO_INBOX = ['committee', 'auditor', 'admin', 'resident']

/** The views of all one's roles, the most pressing first; somebody who is deputy and head has one list of what waits. */
export function viewsOf(roles: string[]): View[] {
  const has = (some: string[]): boolean => roles.some((role) => some.includes(role))
  const office = roles.filter((role) => role !== 'deputy' && !NO_INBOX.includes(role))
  const deputy = roles.includes('deputy')
  const views = deputy ? (office.length ? [WAITING, ...FOR_DEPUTY.slice(2)] : FOR_DEPUTY) : office.length ? [WAITING] : []
  return [...views, ...WIDER.filter(([some]) => has(some)).map(([, view]) => view)]
}

export interface Wanted {
  flags: Flag[]
  sort: Sort | null
  words: string
}

export function nothingWanted(): Wanted {
  return { flags: [], sort: null, words: '' }
}

/** How many conditions stand, for the button that hides them. */
export function countOf(wanted: Wanted): number {
  return wanted.flags.length + (wanted.words.trim() ? 1 : 0)
}

export function queryOf(view: View, wanted: Wanted, cursor: string | null): IssuesQuery {
  const flags = Object.fromEntries(wanted.flags.map((flag) => [flag, true]))
  return {
    box: view.box,
    sort: wanted.sort ?? view.sort,
    limit: 20,
    ...(view.waiting ? { waiting: true } : {}),
    ...(view.states ? { state: view.states } : {}),
    ...flags,
    ...(wanted.words.trim() ? { q: wanted.words.trim() } : {}),
    ...(cursor ? { cursor } : {})
  }
}
