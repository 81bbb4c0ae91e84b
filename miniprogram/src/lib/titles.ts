/** The beginning of what somebody wrote stands for an issue in lists: a sign says that more follows. Pure. */

/** The server cuts there (`TITLE_CHARS`). */
const CUT = 30

export function beginningOf(cut: string): string {
  return [...cut].length < CUT ? cut : `${cut}…`
}
