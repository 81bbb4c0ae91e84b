/** What the form knows and does: a draft on every keystroke, a look ahead while typing, and sending through the outbox. */
import { computed, reactive, ref, watch } from 'vue'
import { call } from '@/api/client'
import { asProblem } from '@/api/problem'
import type { Category, Preview, Scan } from '@/api/types'
import { goTo, replaceWith } from '@/pages'
import { deliver, enqueue, takeOut } from '@/state/outbox'
import { dropDraft, emptyDraft, loadDraft, saveDraft, type Draft } from '@/state/draft'
import { drop } from './photo_files'
import { kept, restored, type Picture } from '@/state/photos'
import { scanned } from '@/state/scanned'
import { KEYS, load, save } from '@/state/store'
import { ask, say, voice } from '@/state/voice'
import { PRIVACY_VERSION, words } from '@/words'
import { newKey } from './keys'
import { bodyOf, faultsFrom, faultsOf, lengthOf, SHORTEST, type Faults } from './submission'

const PREVIEW_AFTER_MS = 700
/** How long a submission waits for the look ahead on a network that neither answers nor fails. */
const PREVIEW_PATIENCE_MS = 4000

export function useWrite() {
  const draft = reactive<Draft>(emptyDraft())
  const pictures = reactive<Picture[]>([])
  const privacy = ref(load<string>(KEYS.privacy, '') === PRIVACY_VERSION)
  const page = reactive({
    scan: null as Scan | null, preview: null as Preview | null, categories: [] as Category[],
    faults: {} as Faults, problem: '', sending: false, restored: false, emergency: false, confirmed: false, ignored: false
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  let previewed = ''
  /** What the server found, which only it can say is mended. */
  let found: Faults = {}
  watch(privacy, mended)

  async function begin(code: string | null, gridId: string | null, deputyId: string | null): Promise<void> {
    const before = loadDraft()
    if (before) Object.assign(draft, before)
    page.restored = lengthOf(before?.content ?? '') > 0
    if (code && code !== draft.stationCode) Object.assign(draft, { deputyId: null, deputyName: null, categoryId: null, aboutType: '', aboutId: null })
    if (code) Object.assign(draft, { stationCode: code, gridId: gridId ?? (before?.stationCode === code ? draft.gridId : null) })
    if (deputyId) draft.deputyId = deputyId
    pictures.push(...(await restored(draft.photos)))
    changed()
    await look()
    soon()
  }

  async function look(): Promise<void> {
    if (!draft.stationCode) return
    try {
      page.scan = await scanned(draft.stationCode, draft.gridId)
      draft.stationName = page.scan.station.name
      draft.deputyName = page.scan.deputies.find((one) => one.id === draft.deputyId)?.name ?? null
      if (!draft.deputyName) draft.deputyId = null
      const query = { station_code: draft.stationCode, limit: 100 }
      page.categories = (await call('get', '/api/v1/categories', { query, session: 'none' })).items
    } catch (thrown) {
      // Without a network the form still works: the station's code is enough to send it later.
      const problem = asProblem(thrown)
      if (!problem.mayPass) page.problem = problem.detail
    }
  }

  /** Nothing stays red that is there by now. */
  function mended(): void {
    const now = faultsOf(draft, privacy.value)
    const still = Object.entries(page.faults).filter(([field, text]) => field in now || found[field as keyof Faults] === text)
    if (Object.keys(page.faults).length && !still.length && voice.said === words.write.fix) say('')
    page.faults = Object.fromEntries(still)
  }

  function changed(): void {
    mended()
    draft.photos = kept(pictures)
    page.problem = saveDraft({ ...draft }) ? page.problem : words.problems.noStorage
  }

  function typed(): void {
    changed()
    soon()
  }

  function soon(): void {
    clearTimeout(timer)
    timer = setTimeout(() => void lookAhead(), PREVIEW_AFTER_MS)
  }

  async function lookAhead(): Promise<void> {
    const content = draft.content.trim()
    if (!draft.stationCode || lengthOf(content) < SHORTEST || content === previewed) return
    try {
      const body = { station_code: draft.stationCode, content }
      page.preview = await call('post', '/api/v1/issues/preview', { body })
      previewed = content
    } catch {
      // A hint that does not come is no reason to stop anybody.
    }
  }

  async function submit(): Promise<void> {
    if (page.sending) return
    page.faults = faultsOf(draft, privacy.value)
    if (Object.keys(page.faults).length) return say(words.write.fix)
    say('') // what was missing is there now
    // From the first tap on: a second one, while the look ahead is still under way, would be a second matter.
    page.sending = true
    await Promise.race([lookAhead(), patience()])
    page.sending = false
    if (page.preview?.emergency && !page.confirmed) {
      page.emergency = true
      return
    }
    await send()
  }

  async function send(): Promise<void> {
    if (page.sending) return
    page.sending = true
    page.emergency = false
    changed()
    save(KEYS.privacy, PRIVACY_VERSION)
    const item = enqueue(bodyOf(draft), { ...draft })
    const created = await deliver(item)
    page.sending = false
    if (item.state === 'failed') return giveBack(item.id)
    dropDraft()
    if (item.body.anonymity !== 'receipt_only') void recordPrivacy()
    replaceWith(created ? 'receipt' : 'mine', created ? { number: created.number } : {})
  }

  /** The server said no: what was written comes back into the form, with its sentence. */
  function giveBack(id: string): void {
    const item = takeOut(id)
    page.problem = item?.error ?? words.problems.unexpected
    page.faults = found = faultsFrom(item?.faults ?? [])
    say(page.problem)
  }

  async function follow(token: string): Promise<void> {
    if (!(await ask({ title: words.write.meToo, text: words.write.meTooAsk }))) return
    try {
      await call('post', '/api/v1/issues/follow', { body: { follow_token: token }, key: newKey() })
      say(words.write.meTooDone)
      await clear()
      goTo('mine')
    } catch (thrown) {
      say(asProblem(thrown).detail)
    }
  }

  async function clear(): Promise<void> {
    for (const picture of pictures) await drop(picture.id)
    pictures.splice(0)
    const { stationCode, stationName, gridId } = draft
    Object.assign(draft, emptyDraft(), { stationCode, stationName, gridId })
    Object.assign(page, { preview: null, faults: {}, problem: '', restored: false })
    dropDraft()
  }

  const category = computed(() => {
    const id = draft.categoryId ?? page.preview?.category?.id
    return page.categories.find((one) => one.id === id)?.title ?? page.preview?.category?.title ?? null
  })

  return { draft, pictures, privacy, page, category, begin, look, changed, typed, submit, send, follow, clear }
}

function patience(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PREVIEW_PATIENCE_MS))
}

async function recordPrivacy(): Promise<void> {
  const consents = [{ document: 'privacy', version: PRIVACY_VERSION, accepted: true }]
  await call('patch', '/api/v1/me', { body: { consents } }).catch(() => undefined)
}
