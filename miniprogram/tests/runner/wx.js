// `wx` on what a browser has. What is not here says so as an error in the console, and fails the journey that met it.
import { audio } from './wechat_si.js'

const { origin } = window.PACKED
const KEPT = 'wx:'
const WHO = 'who' // who this phone belongs to: what wx.login tells

/** Our own server's address as this page may reach it; anything else is somebody else's. */
export function ours(url) {
  if (/^(data|blob):/.test(url) || url === '') return url
  if (url.startsWith(origin)) return location.origin + url.slice(origin.length)
  console.error(`not an address of ours: ${url}`)
  return url
}

/** Calls back as WeChat does, later; a promise where nobody waits to be called. */
function answer(given, work) {
  const done = Promise.resolve().then(work)
  const told = done.then(
    (found) => (given?.success?.(found), given?.complete?.(found), found),
    (failed) => {
      const why = { errMsg: failed?.errMsg ?? `fail ${failed?.message ?? failed}` }
      given?.fail?.(why)
      given?.complete?.(why)
      if (!given?.success && !given?.fail && !given?.complete) throw why
    }
  )
  return given?.success || given?.fail || given?.complete ? undefined : told
}

const parsed = (text) => { try { return JSON.parse(text) } catch { return text } }
const headersOf = (got) => Object.fromEntries(got.headers.entries())

function request(given) {
  const stop = new AbortController()
  const query = given.method === 'GET' && given.data ? `?${new URLSearchParams(given.data)}` : ''
  answer(given, async () => {
    const body = given.method === 'GET' ? undefined : typeof given.data === 'string' ? given.data : JSON.stringify(given.data)
    const got = await fetch(ours(given.url) + query, { method: given.method ?? 'GET', headers: given.header, body, credentials: 'omit', signal: stop.signal })
    return { statusCode: got.status, data: parsed(await got.text()), header: headersOf(got), errMsg: 'request:ok' }
  })
  return { abort: () => stop.abort(), onHeadersReceived() {} }
}

function uploadFile(given) {
  const watchers = []
  answer(given, async () => {
    const form = new FormData()
    form.append(given.name, await (await fetch(given.filePath)).blob(), 'photo.jpg')
    for (const [name, value] of Object.entries(given.formData ?? {})) form.append(name, value)
    const got = await fetch(ours(given.url), { method: 'POST', headers: given.header, body: form, credentials: 'omit' })
    watchers.forEach((one) => one({ progress: 100 }))
    return { statusCode: got.status, data: await got.text(), header: headersOf(got), errMsg: 'uploadFile:ok' }
  })
  return { abort() {}, onProgressUpdate: (watch) => watchers.push(watch) }
}

function chooseMedia(given) {
  answer(given, () => new Promise((resolve, reject) => {
    const chooser = Object.assign(document.createElement('input'), { type: 'file', accept: 'image/*', multiple: given.count > 1 })
    chooser.addEventListener('cancel', () => reject({ errMsg: 'chooseMedia:fail cancel' }))
    chooser.addEventListener('change', () =>
      resolve({ type: 'image', tempFiles: [...chooser.files].map((file) => ({ tempFilePath: URL.createObjectURL(file), size: file.size, fileType: 'image' })) })
    )
    chooser.click()
  }))
}

async function imageInfo({ src }) {
  const picture = Object.assign(new Image(), { src })
  await picture.decode()
  return { width: picture.naturalWidth, height: picture.naturalHeight, path: src, orientation: 'up', type: 'jpeg' }
}

/** A native box over the page: what it says, and a button for each choice. */
function box(kind, title, buttons) {
  const made = Object.assign(document.createElement('div'), { className: `wx-${kind}`, innerText: title })
  made.style.cssText = 'position:fixed;inset:auto 10% 40%;padding:16px;background:#fff;color:#000;border:1px solid;z-index:9'
  document.body.append(made)
  return new Promise((resolve) => {
    for (const [name, text] of Object.entries(buttons)) {
      const button = Object.assign(document.createElement('button'), { innerText: text, onclick: () => (made.remove(), resolve(name)) })
      button.dataset.test = `wx-${name}`
      made.append(button)
    }
    if (!Object.keys(buttons).length) setTimeout(() => (made.remove(), resolve('')), 1500)
  })
}

async function showModal(given) {
  const buttons = { confirm: given.confirmText ?? '确定', ...(given.showCancel === false ? {} : { cancel: given.cancelText ?? '取消' }) }
  const pressed = await box('modal', `${given.title ?? ''} ${given.content ?? ''}`, buttons)
  return { confirm: pressed === 'confirm', cancel: pressed === 'cancel' }
}

const device = () => ({
  platform: 'devtools', system: 'Chromium', brand: 'none', model: 'none', SDKVersion: '3.0.0', version: '8.0.0', language: 'zh_CN', deviceId: '0',
  theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light', pixelRatio: devicePixelRatio, fontSizeSetting: 16,
  screenWidth: innerWidth, screenHeight: innerHeight, windowWidth: innerWidth, windowHeight: innerHeight, statusBarHeight: 20,
  safeArea: { left: 0, right: innerWidth, top: 0, bottom: innerHeight, width: innerWidth, height: innerHeight }, host: { appId: '' }
})
const said = (name) => (given) => answer(given, () => { (window.WX_CALLED ??= []).push([name, given]); return { errMsg: `${name}:ok` } })

const storage = {
  getStorageSync: (key) => parsed(localStorage.getItem(KEPT + key) ?? '""'),
  setStorageSync: (key, value) => localStorage.setItem(KEPT + key, JSON.stringify(value)),
  removeStorageSync: (key) => localStorage.removeItem(KEPT + key),
  getStorageInfoSync: () => ({ keys: Object.keys(localStorage).filter((key) => key.startsWith(KEPT)).map((key) => key.slice(KEPT.length)) }),
  clearStorageSync: () => storage.getStorageInfoSync().keys.forEach(storage.removeStorageSync)
}

/** `pages` opens and closes pages: `open(url, leaving)`, `close(count)`, `stack`, `launch()`. */
export function wxFor(pages) {
  const go = (leaving) => (given) => answer(given, () => pages.open(given.url, leaving()))
  const all = () => pages.stack.length
  const known = {
    ...storage,
    getStorage: (given) => answer(given, () => ({ data: storage.getStorageSync(given.key) })),
    setStorage: (given) => answer(given, () => storage.setStorageSync(given.key, given.data)),
    removeStorage: (given) => answer(given, () => storage.removeStorageSync(given.key)),
    request, uploadFile, chooseMedia,
    login: (given) => answer(given, () => ({ code: localStorage.getItem(WHO) ?? '', errMsg: 'login:ok' })),
    navigateTo: go(() => 0), redirectTo: go(() => 1), reLaunch: go(all), switchTab: go(all),
    navigateBack: (given) => answer(given, () => pages.close(given?.delta ?? 1)),
    getImageInfo: (given) => answer(given, () => imageInfo(given)),
    compressImage: (given) => answer(given, () => ({ tempFilePath: given.src })),
    saveFile: (given) => answer(given, () => ({ savedFilePath: given.tempFilePath })),
    removeSavedFile: said('removeSavedFile'),
    showToast: (given) => answer(given, () => void box('toast', given.title, {})), hideToast: said('hideToast'),
    showLoading: said('showLoading'), hideLoading: said('hideLoading'),
    showModal: (given) => answer(given, () => showModal(given)),
    requestSubscribeMessage: (given) => answer(given, () => Object.fromEntries(given.tmplIds.map((one) => [one, 'accept']))),
    setNavigationBarTitle: said('setNavigationBarTitle'), setNavigationBarColor: said('setNavigationBarColor'),
    makePhoneCall: said('makePhoneCall'), previewImage: said('previewImage'), setClipboardData: said('setClipboardData'),
    saveImageToPhotosAlbum: said('saveImageToPhotosAlbum'), pageScrollTo: said('pageScrollTo'), hideKeyboard: said('hideKeyboard'),
    authorize: (given) => answer(given, () => (window.WX_REFUSES?.includes(given.scope) ? Promise.reject({ errMsg: 'authorize:fail auth deny' }) : { errMsg: 'authorize:ok' })),
    createInnerAudioContext: audio, setInnerAudioOption: said('setInnerAudioOption'),
    openSetting: (given) => answer(given, () => ({ authSetting: { 'scope.record': !window.WX_REFUSES?.includes('scope.record') }, errMsg: 'openSetting:ok' })), stopPullDownRefresh: said('stopPullDownRefresh'),
    getLocation: (given) => answer(given, () => new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(({ coords }) => resolve(coords), reject))),
    scanCode: (given) => answer(given, () => (window.WX_SCANS ? { result: window.WX_SCANS } : Promise.reject({ errMsg: 'scanCode:fail cancel' }))),
    getFileSystemManager: () => ({ writeFile: said('writeFile') }),
    getNetworkType: (given) => answer(given, () => ({ networkType: navigator.onLine ? 'wifi' : 'none' })),
    onNetworkStatusChange: (watch) => ['online', 'offline'].forEach((type) => addEventListener(type, () => watch({ isConnected: navigator.onLine, networkType: navigator.onLine ? 'wifi' : 'none' }))),
    getSystemInfoSync: device, getDeviceInfo: device, getAppBaseInfo: device, getWindowInfo: device,
    getLaunchOptionsSync: pages.launch, getEnterOptionsSync: pages.launch,
    onAppShow() {}, onAppHide() {}, offAppShow() {}, offAppHide() {}, onThemeChange() {}, nextTick: (work) => queueMicrotask(work),
    canIUse: (name) => name.split('.')[0] in known,
    env: { USER_DATA_PATH: 'wxfile://usr' }
  }
  return new Proxy(known, {
    get(target, name) {
      if (name in target || typeof name !== 'string' || /^[$_]|^(then|toJSON|cloud)$/.test(name)) return target[name]
      return () => console.error(`wx.${name} is not there: the runner does not know it`)
    }
  })
}
