/** Which printed code opened us: `s` on H5, `q` from WeChat's link rule, `scene` from a mini-program code. */

export interface Entry {
  code: string
  gridId: string | null
}

const ALPHABET = /^[0-9A-HJKMNP-TV-Z]{10}$/

/**
 * Reads what the page was opened with. `options` are the page's own; `href` is the browser's address, because a hash
 * router does not see what stands before the `#`. Null when no code is in it.
 */
export function entryOf(options: Record<string, string | undefined> = {}, href = ''): Entry | null {
  const sources = [fromScene(options.scene), fromLink(options.q), fromPairs(options), fromPairs(pairs(beforeHash(href)))]
  return sources.find((one) => one !== null) ?? null
}

/** As printed or typed: upper case, spaces and dashes gone, letters that look like digits read as these. */
export function cleanCode(text: string): string {
  return text.trim().toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1')
}

export function looksLikeCode(text: string): boolean {
  return ALPHABET.test(cleanCode(text))
}

function fromPairs(given: Record<string, string | undefined>): Entry | null {
  return given.s ? entry(given.s, given.grid_id) : null
}

/** `q` is the whole printed address, encoded: https://HOST/s/CODE, also with a query behind it. */
function fromLink(given: string | undefined): Entry | null {
  if (!given) return null
  const link = decoded(given)
  const found = /\/s\/([^/?#]+)/.exec(link)
  const query = pairs(link)
  if (found?.[1]) return entry(decoded(found[1]), query.grid_id)
  return fromPairs(query)
}

/** A scene holds 32 characters: the code alone, or `s=CODE`. */
function fromScene(given: string | undefined): Entry | null {
  if (!given) return null
  const scene = decoded(given)
  return scene.includes('=') ? fromPairs(pairs(`?${scene}`)) : entry(scene, undefined)
}

function entry(code: string, gridId: string | undefined): Entry | null {
  const cleaned = cleanCode(code)
  return cleaned ? { code: cleaned.slice(0, 40), gridId: gridId || null } : null
}

function beforeHash(href: string): string {
  return href.split('#')[0] ?? ''
}

function pairs(address: string): Record<string, string> {
  const text = address.split('#')[0]?.split('?')[1] ?? ''
  const found: Record<string, string> = {}
  for (const one of text.split('&')) {
    const [name, ...rest] = one.split('=')
    if (name) found[name] = decoded(rest.join('='))
  }
  return found
}

/** As written before it was put into an address; as it is where that cannot be told. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '))
  } catch {
    return text
  }
}
