/** How large a photo may be, and what the phone hands out when one is chosen. */

export const LONGEST_SIDE = 2048
export const QUALITY = 0.85
/** What the server takes at most; a photo no browser can shrink (HEIC) goes as it is. */
export const MOST_BYTES = 10 * 1024 * 1024

/** One photo as the phone hands it out: a path, and on H5 the file itself. */
export interface Chosen {
  path: string
  file?: Blob
}

export class NotAPhoto extends Error {}

/** Width and height that fit, never enlarged. */
export function fitted(width: number, height: number, longest = LONGEST_SIDE): { width: number; height: number } {
  const factor = Math.min(1, longest / Math.max(width, height, 1))
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) }
}
