/** The code of a desk's QR (工作台登录码): from the page's own query, WeChat's whole link, or what the camera read. Pure. */

const LINK = /\/d\/([0-9A-Za-z-]{1,24})(?:[?#]|$)/
const CODE = /^[0-9A-Za-z-]{1,24}$/

export function deskCodeOf(options: Record<string, string | undefined>): string | null {
  if (options.code && CODE.test(options.code)) return options.code
  return options.q ? inLink(decoded(options.q)) : null
}

/** Whatever host it names: the code means something to our server alone, which is asked. */
export function deskCodeInPicture(text: string): string | null {
  return /^https?:\/\//.test(text) ? inLink(text) : null
}

function inLink(link: string): string | null {
  return LINK.exec(link)?.[1] ?? null
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
