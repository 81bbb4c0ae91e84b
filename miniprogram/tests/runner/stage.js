// Runs the built mini-program in a browser on glass-easel, Tencent's own component framework. This is not WeChat: no
// second thread, no isolation of styles between components, no native fields. docs/miniprogram.md says what that leaves open.
import { glassEasel, MiniProgramEnv } from 'glass-easel-miniprogram-adapter'
import { pluginsFor } from './wechat_si.js'
import { ours, wxFor } from './wx.js'

const { descriptions, scripts, styles } = window.PACKED
const parts = descriptions.app.subPackages ?? []
const pages = [...descriptions.app.pages, ...parts.flatMap((part) => part.pages.map((page) => `${part.root}/${page}`))]
const stack = []
const env = new MiniProgramEnv()
const code = env.createCodeSpace('', true)
code.getComponentSpace().updateComponentOptions({ useMethodCallerListeners: true })

// Known, and harmless there: a list that is not there yet is an empty one; a `:key` outside of a loop does nothing.
glassEasel.addGlobalWarningListener((text) => !/^(The for-list data is neither|"key" is not a valid property)/.test(text))

// ── elements: what WeChat calls otherwise than a browser, and what it keeps from the page
const TAGS = { image: 'img', navigator: 'a' }
const FROM_US = new Set(['input', 'change', 'confirm', 'focus', 'blur', 'click', 'submit'])

function createElement(tag) {
  const made = document.createElement(TAGS[tag] ?? tag)
  const set = made.setAttribute.bind(made)
  made.setAttribute = (name, value) => {
    if (name === 'value' && 'value' in made) made.value = value
    else set(name === 'aria-role' ? 'role' : name, name === 'src' ? ours(value) : value)
  }
  return made
}

const screen = new glassEasel.CurrentWindowBackendContext()
screen.document = {
  createElement,
  createTextNode: (text) => document.createTextNode(text),
  createDocumentFragment: () => document.createDocumentFragment()
}
const listen = screen.setListenerStats.bind(screen)
screen.setListenerStats = (element, type, ...more) => (FROM_US.has(type) ? undefined : listen(element, type, ...more))
screen.onEvent((target, type, detail, options) => dispatch(target, type, detail, options))
const backend = env.associateBackend(screen)

function dispatch(target, type, detail, options) {
  const event = new glassEasel.Event(type, detail, options)
  glassEasel.Event.dispatchEvent(target, event)
  return event.getEventBubbleStatus()
}

// A field tells what a mini-program's field tells: its value, not the browser's event.
function tell(type, from) {
  document.addEventListener(from, (event) => {
    const field = event.target
    if (!field.__wxElement || (from === 'keydown' && (event.key !== 'Enter' || field.tagName !== 'INPUT'))) return
    dispatch(field.__wxElement, type, { value: field.value, cursor: field.selectionStart }, {})
  }, true)
}
for (const [type, from] of [['input', 'input'], ['confirm', 'keydown'], ['focus', 'focus'], ['blur', 'blur']]) tell(type, from)

// Listeners get plain objects, as if they had come from another thread.
glassEasel.Event.prototype.wrapShadowedEvent = function (target, mark, current) {
  const plain = (one) => ({ id: one.id, dataset: { ...one.dataset }, offsetLeft: 0, offsetTop: 0 })
  const given = { type: this.type, timeStamp: this.timeStamp, detail: this.detail, mark, target: plain(target), currentTarget: plain(current) }
  for (const name of ['stopPropagation', 'preventDefault', 'markMutated']) {
    Object.defineProperty(given, name, { get: () => this[name].bind(this), set: () => undefined })
  }
  return given
}
// data-… is not an attribute for glass-easel; the journeys look for it.
const setDataset = glassEasel.Element.prototype.setDataset
glassEasel.Element.prototype.setDataset = function (name, value) {
  setDataset.call(this, name, value)
  const shown = this.getBackendElement()
  const attribute = `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  if (value === undefined || value === null) shown?.removeAttribute?.(attribute)
  else shown?.setAttribute?.(attribute, String(value))
}

// ── the app's files
for (const [path, description] of Object.entries(descriptions)) {
  // uni-app says so in the options of every component, where glass-easel's adapter does not look.
  code.addComponentStaticConfig(path, description.component ? { ...description, addGlobalClass: true } : description)
}
for (const [path, content] of Object.entries(window.TEMPLATES)) {
  code.addCompiledTemplate(path, { groupList: window.TEMPLATES, content, fallbackListenerOnNativeNode: true })
}
// A component's classes are its own: WeChat's compiler puts its name before each of them, and so does this.
for (const [path, text] of Object.entries(styles)) {
  const scope = descriptions[path]?.component ? path.replace(/\W/g, '_') : ''
  screen.registerStyleSheetContent(path, scope ? text.replace(/([^{}]+)\{/g, (all, before) => (before.trim().startsWith('@') ? all : `${before.replace(/\.(-?[a-zA-Z_][\w-]*)/g, `.${scope}--$1`)}{`)) : text)
  code.addStyleSheet(path, path, scope)
}
const own = document.createElement('style')
own.textContent = 'body{margin:0}page,view{display:block}page{min-height:100vh}input,textarea{border:0;font:inherit;color:inherit;background:none;width:100%}'
document.head.append(own)

let app = null
let loading = ''
const wx = wxFor({ stack, open, close, launch: () => launched })
// One Component for all files: the framework keeps the one it met first.
Object.assign(window, {
  App: (given) => (app = given),
  Component: (given) => code.component(loading).definition(given).register(),
  Page: () => { throw new Error('uni-app makes its pages by Component') },
  getApp: () => app,
  requirePlugin: pluginsFor(descriptions.app),
  getCurrentPages: () => stack.map((one) => one.page)
})

// What a mini-program does not have is not there for it either.
const ABSENT = ['window', 'document', 'location', 'navigator', 'localStorage', 'sessionStorage', 'XMLHttpRequest', 'fetch', 'self', 'FormData', 'Image']
const modules = {}
function load(path) {
  if (modules[path]) return modules[path].exports
  const module = (modules[path] = { exports: {} })
  const run = new Function('require', 'module', 'exports', 'wx', 'global', ...ABSENT, scripts[path])
  const before = loading
  loading = path
  run((name) => load(resolved(path, name)), module, module.exports, wx, window)
  loading = before
  return module.exports
}

function resolved(from, name) {
  const parts = from.split('/').slice(0, -1)
  for (const part of name.replace(/\.js$/, '').split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/')
}

// ── pages
function addressOf(url) {
  const [path, query = ''] = url.replace(/^\//, '').split('?')
  return { path, query: Object.fromEntries(query.split('&').filter(Boolean).map((pair) => pair.split('='))) }
}

function decoded(query) {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, decodeURIComponent(value ?? '')]))
}

function hook(one, name, ...given) {
  one.page[name]?.(...given)
  if (name === 'onShow') one.component.triggerPageLifetime('show', [])
  if (name === 'onHide') one.component.triggerPageLifetime('hide', [])
}

function open(url, leaving) {
  const { path, query } = addressOf(url)
  if (!pages.includes(path)) throw new Error(`no page ${path}`)
  const before = stack.at(-1)
  if (leaving === 0 && before) hook(before, 'onHide')
  drop(leaving)
  const root = backend.createRoot('page', code, path)
  const page = root.get()
  // uni-app takes for a page what has a route, when it is attached.
  Object.assign(page, { route: path, __route__: path, getOpenerEventChannel: () => ({ emit() {}, on() {}, once() {}, off() {} }) })
  const one = { page, root, component: root.getComponent(), url }
  stack.push(one)
  const place = document.createElement('div')
  document.body.append(place)
  root.attach(document.body, place)
  page.onLoad?.(decoded(query))
  show(one)
  one.component.triggerLifetime('ready', [])
  descend(one.component, (child) => child !== one.component && child.triggerLifetime('ready', []))
}

function close(count) {
  drop(Math.min(count, stack.length - 1))
  show(stack.at(-1))
}

function drop(count) {
  for (const one of stack.splice(stack.length - count, count)) {
    hook(one, 'onUnload')
    const shown = one.component.getBackendElement()
    one.root.release()
    shown.remove()
  }
}

function show(one) {
  for (const other of stack) other.component.getBackendElement().style.display = other === one ? '' : 'none'
  history.replaceState(null, '', `#/${one.url.replace(/^\//, '')}`)
  hook(one, 'onShow')
}

function descend(node, visit) {
  if (glassEasel.Component.isComponent(node)) {
    visit(node)
    descend(node.shadowRoot, visit)
  }
  for (const child of node.childNodes ?? []) descend(child, visit)
}

// Components that appear later are ready once they are attached.
const attached = glassEasel.Component.prototype.triggerLifetime
glassEasel.Component.prototype.triggerLifetime = function (name, given) {
  attached.call(this, name, given)
  if (name === 'attached' && this !== stack.at(-1)?.component) queueMicrotask(() => ready(this))
}
const readied = new WeakSet()
function ready(component) {
  if (readied.has(component)) return
  readied.add(component)
  attached.call(component, 'ready', [])
}

const first = addressOf(location.hash.slice(2) || descriptions.app.pages[0])
const launched = { path: first.path, query: decoded(first.query), scene: 1011, referrerInfo: {} }
load('app')
for (const path of Object.keys(descriptions).filter((one) => scripts[one] && descriptions[one].component)) load(path)
for (const path of pages) load(path)
app.onLaunch?.(launched)
app.onShow?.(launched)
open(location.hash.slice(1) || `/${descriptions.app.pages[0]}`, 0)
