/** Texts cut where one takes breath. */

export function sentences(text: string): string[] {
  return (text.match(/[^。！？\n]+[。！？]?/g) ?? []).map((part) => part.trim()).filter((part) => part !== '')
}
