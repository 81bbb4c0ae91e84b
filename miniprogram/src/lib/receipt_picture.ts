/** The receipt as a picture to keep: number, code and QR. True when the phone has it. */
import { modules, qrPicture } from './qr'

export interface ReceiptPicture {
  link: string
  lines: string[]
  fileName: string
}

export function savePicture(picture: ReceiptPicture): Promise<boolean> {
  return process.env.UNI_PLATFORM === 'h5' ? download(picture) : toAlbum(picture)
}

const WIDTH = 640
const QR = 440

async function download(picture: ReceiptPicture): Promise<boolean> {
  const canvas = document.createElement('canvas')
  canvas.width = WIDTH
  canvas.height = QR + 100 + picture.lines.length * 48
  const pen = canvas.getContext('2d')
  if (!pen) return false
  pen.fillStyle = '#ffffff'
  pen.fillRect(0, 0, canvas.width, canvas.height)
  pen.fillStyle = '#000000'
  drawCode(pen, picture.link)
  pen.font = '28px sans-serif'
  pen.textAlign = 'center'
  picture.lines.forEach((line, at) => pen.fillText(line, WIDTH / 2, QR + 90 + at * 48, WIDTH - 40))
  const link = document.createElement('a')
  link.href = canvas.toDataURL('image/png')
  link.download = picture.fileName
  link.click()
  return true
}

function drawCode(pen: CanvasRenderingContext2D, text: string): void {
  const code = modules(text)
  const cell = Math.floor(QR / code.size)
  const left = (WIDTH - cell * code.size) / 2
  for (let row = 0; row < code.size; row += 1) {
    for (let column = 0; column < code.size; column += 1) {
      if (code.dark(row, column)) pen.fillRect(left + column * cell, 30 + row * cell, cell, cell)
    }
  }
}

function toAlbum(picture: ReceiptPicture): Promise<boolean> {
  return new Promise((resolve) => {
    const path = `${wx.env.USER_DATA_PATH}/${picture.fileName.replace(/\.png$/, '.gif')}`
    const data = qrPicture(picture.link).split(',')[1] ?? ''
    uni.getFileSystemManager().writeFile({
      filePath: path,
      data,
      encoding: 'base64',
      success: () => uni.saveImageToPhotosAlbum({ filePath: path, success: () => resolve(true), fail: () => resolve(false) }),
      fail: () => resolve(false)
    })
  })
}
