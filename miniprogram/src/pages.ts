/** Where each page lives: a contract with the back end, whose notices and link rules name these paths. */
export const PAGES = {
  scan: 'pages/scan/index',
  write: 'pages/issue/new',
  receipt: 'pages/issue/receipt',
  issue: 'pages/issue/detail',
  mine: 'pages/issue/mine',
  inbox: 'pages/inbox/index',
  receptions: 'pages/work/receptions',
  leave: 'pages/work/leave',
  record: 'pages/work/record',
  portraits: 'pages/work/portraits',
  register: 'pages/work/register',
  findStation: 'pages/station/find',
  station: 'pages/station/detail',
  settings: 'pages/settings/index',
  privacy: 'pages/privacy/index',
  notices: 'pages/notices/index',
  desk: 'pages/work/desk',
  bind: 'pages/work/bind',
  identities: 'pages/work/me',
  requests: 'pages/work/requests',
  published: 'pages/public/issues',
  publishedIssue: 'pages/public/issue',
  statistics: 'pages/public/statistics',
  deputy: 'pages/deputy/detail',
  feedback: 'pages/feedback/index',
  myData: 'pages/me/data',
  bookings: 'pages/me/bookings'
} as const

export type PageName = keyof typeof PAGES

/** The address of a page with its query; empty values are left out. */
export function address(page: PageName, query: Record<string, string | undefined> = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value)
  const text = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value as string)}`).join('&')
  return `/${PAGES[page]}${text ? `?${text}` : ''}`
}

export function goTo(page: PageName, query: Record<string, string | undefined> = {}): void {
  uni.navigateTo({ url: address(page, query) })
}

/** A page the server names, with its query, e.g. in a notice. */
export function goToPath(path: string): void {
  uni.navigateTo({ url: `/${path}` })
}

/** Instead of the page shown now: nobody comes back to a form that was sent. */
export function replaceWith(page: PageName, query: Record<string, string | undefined> = {}): void {
  uni.redirectTo({ url: address(page, query) })
}

/** Back, or to the first page when this one was opened directly. */
export function goBack(): void {
  if (getCurrentPages().length > 1) uni.navigateBack()
  else uni.reLaunch({ url: address('scan') })
}
