/**
 * WeChat's plugin 微信同声传译 (WechatSI), as its page describes it:
 * developers.weixin.qq.com/miniprogram/dev/platform-capabilities/extended/translator.html. What was never seen in WeChat
 * is marked in docs/miniprogram.md.
 */

/** One for the whole app. Listeners are assigned, not called: `recorder.onStop = …`. */
export interface Recorder {
  start(options: { duration: number; lang: string }): void
  stop(): void
  onStart?: () => void
  onRecognize?: (told: { result: string }) => void
  onStop?: (told: { result: string }) => void
  onError?: (told: { retcode: number; msg?: string }) => void
}

export interface WechatSI {
  getRecordRecognitionManager(): Recorder
  /** `content`: at most 1,000 bytes by its description. `filename`: an address that lives three hours. */
  textToSpeech(options: {
    lang: string
    tts: boolean
    content: string
    success: (told: { retcode: number; filename: string }) => void
    fail: (told: unknown) => void
  }): void
}

let known: WechatSI | null | undefined

/** Null where WeChat does not give it to this app: then nothing of it is offered. */
export function plugin(): WechatSI | null {
  if (known !== undefined) return known
  try {
    known = requirePlugin('WechatSI') as WechatSI
  } catch {
    known = null
  }
  return known
}
