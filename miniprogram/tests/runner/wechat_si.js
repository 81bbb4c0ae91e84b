// In place of WeChat's plugin 微信同声传译: it understands what the test says (`window.WX_SAYS`), and keeps what it was
// asked to say (`window.WX_SPOKEN`). Like every plugin it is there only for an app.json that names it.
export function pluginsFor(app) {
  const known = { WechatSI: { getRecordRecognitionManager: () => recorder, textToSpeech } }
  return (name) => {
    if (app.plugins?.[name] && known[name]) return known[name]
    throw new Error(`plugin ${name} is not in app.json`)
  }
}

const later = (work) => setTimeout(work, 20)

const recorder = {
  start() {
    later(() => {
      recorder.onStart?.({ msg: 'Ok' })
      if (window.WX_SAYS) later(() => recorder.onRecognize?.({ result: window.WX_SAYS.slice(0, 2) }))
    })
  },
  stop() {
    later(() => recorder.onStop?.({ result: window.WX_SAYS ?? '', duration: 1000, fileSize: 1, tempFilePath: 'wxfile://voice' }))
  }
}

function textToSpeech(given) {
  ;(window.WX_SPOKEN ??= []).push(given.content)
  later(() => given.success({ retcode: 0, origin: given.content, filename: 'data:audio/mp3;base64,', expired_time: 0 }))
}

/** Heard to its end at once. */
export function audio() {
  const told = {}
  return {
    src: '', play: () => later(() => told.ended?.()), stop() {}, destroy: () => { told.ended = undefined },
    onEnded: (work) => (told.ended = work), onError: (work) => (told.error = work)
  }
}
