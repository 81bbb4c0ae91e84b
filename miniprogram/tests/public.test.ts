import { describe, expect, it, vi } from 'vitest'
import { valueOf } from '@/lib/figures'
import { contents, standing } from '@/lib/my_data'
import { usePaged } from '@/lib/paged'
import { toGcj02, withPoint, withoutPoint } from '@/lib/where'
import { add, type Picture } from '@/state/photos'
import { dayOf } from '@/lib/when'
import { session } from '@/state/session'
import './uni'

describe('where somebody stands', () => {
  it('is moved from WGS-84 to what Chinese maps show (known pairs), and left alone abroad', () => {
    const near = (latitude: number, longitude: number, north: number, east: number): void => {
      const found = toGcj02({ latitude, longitude })
      expect(Math.max(Math.abs(found.latitude - north), Math.abs(found.longitude - east))).toBeLessThan(1e-5) // a metre
    }
    near(39.915, 116.404, 39.916404, 116.410244)
    near(22.543847, 113.912316, 22.540796, 113.917171)
    expect(toGcj02({ latitude: 35.68, longitude: 139.76 })).toEqual({ latitude: 35.68, longitude: 139.76 })
  })

  it('is written behind the words, once, with whose maps it fits and no technical name, and can be taken out again', () => {
    const first = withPoint('小学门口', { latitude: 30.123456, longitude: 104.65, accuracy: 18.4 })
    expect(first).toMatch(/^小学门口 .*30\.12346,104\.65000.*高德、腾讯地图.*18 米/)
    const second = withPoint(first, { latitude: 30.2, longitude: -104.7, accuracy: 0 })
    expect(second.match(/定位/g)).toHaveLength(1)
    expect(second).not.toMatch(/GCJ|WGS/)
    const before = '小学门口 定位 39.91640,116.41024（GCJ-02，误差约 20 米）' // in drafts of an earlier release
    expect(withoutPoint(before)).toBe('小学门口')
    expect([withoutPoint(second), withoutPoint(first), second.length < 200]).toEqual(['小学门口', '小学门口', true])
  })
})

describe('public figures', () => {
  it('too few are said to be too few; shares are percents', () => {
    expect(valueOf({ unit: 'share', value: null })).toContain('不足 5 件')
    expect(valueOf({ unit: 'share', value: 0.857 })).toBe('85.7%')
    expect(valueOf({ unit: 'share', value: 1 })).toBe('100%')
    expect(valueOf({ unit: 'count', value: 1 })).toBe('1 件')
  })
})

describe('my data', () => {
  it('of several decisions about a document the latest counts', () => {
    const at = '2026-03-02T00:00:00+08:00'
    const decisions = [['privacy', true], ['phone', true], ['privacy', false]].map(([document, accepted]) => ({ document: document as string, version: '1', accepted: accepted as boolean, at }))
    expect(standing(decisions).map((one) => [one.document, one.accepted])).toEqual([['privacy', false], ['phone', true]])
  })

  it('an export says what is in it, and not what is empty', () => {
    const all = { sections: { issues: [{}, {}], notices: [] }, devices: [{}], consents: [] } as never
    expect(contents(all)).toEqual([{ title: '反映的事', count: 2 }, { title: '登录的设备', count: 1 }])
  })

  it('a day has its year when that is another one', () => {
    expect(dayOf('2025-12-31T18:00:00Z', Date.parse('2026-03-02'))).toBe('1月1日')
    expect(dayOf('2024-05-01T00:00:00+08:00', Date.parse('2026-03-02'))).toBe('2024年5月1日')
  })
})

describe('pages of a list', () => {
  it('an answer that comes late does not replace the newer one', async () => {
    const answers: ((page: { items: string[]; next_cursor: string | null }) => void)[] = []
    const { list, look } = usePaged<string>(() => new Promise((resolve) => answers.push(resolve)))
    const [first, second] = [look(), look()]
    answers[1]!({ items: ['new'], next_cursor: 'c' })
    answers[0]!({ items: ['old'], next_cursor: null })
    await Promise.all([first, second])
    expect([list.items, list.cursor, list.loading]).toEqual([['new'], 'c', false])
    const third = look(true)
    answers[2]!({ items: ['more'], next_cursor: null })
    await third
    expect([list.items, list.cursor]).toEqual([['new', 'more'], null])
  })
})

vi.mock('@/lib/photo_files', () => ({
  choose: async () => [{ path: 'p' }], keep: async () => 'blob:p', shown: async () => null, drop: async () => undefined, toSend: async () => ({ filePath: 'p' })
}))

describe('photos with a receipt code', () => {
  it('go to the door of the code, without a token, also from a phone that is signed in', async () => {
    const sent: { url: string; header: Record<string, string> }[] = []
    Object.assign(uni, {
      uploadFile: (options: { url: string; header: Record<string, string>; success: (answer: object) => void }) => {
        sent.push(options)
        options.success({ statusCode: 201, data: '{"id":"u1"}' })
      }
    })
    session.signed = { token: 't-9', expiresAt: '2099-01-01', accountId: 'a', roles: [], name: null, guest: true }
    const pictures: Picture[] = []
    await add(pictures, () => undefined, 'ABCD')
    await add(pictures, () => undefined)
    await vi.waitFor(() => expect(pictures.map((one) => one.uploadId)).toEqual(['u1', 'u1']))
    expect(sent.map((one) => [one.url, one.header.Authorization])).toEqual([['/api/v1/receipts/ABCD/uploads', undefined], ['/api/v1/uploads', 'Bearer t-9']])
  })
})
