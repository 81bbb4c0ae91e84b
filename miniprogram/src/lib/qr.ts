/** A QR code as a picture the page can show without drawing: a GIF in the address itself. */
import qrcode from 'qrcode-generator'

const CELL = 6
const MARGIN = 4 * CELL

export function qrPicture(text: string): string {
  return matrix(text).createDataURL(CELL, MARGIN)
}

export interface Modules {
  size: number
  dark(row: number, column: number): boolean
}

export function modules(text: string): Modules {
  const code = matrix(text)
  return { size: code.getModuleCount(), dark: (row, column) => code.isDark(row, column) }
}

function matrix(text: string) {
  const code = qrcode(0, 'M')
  code.addData(text)
  code.make()
  return code
}
