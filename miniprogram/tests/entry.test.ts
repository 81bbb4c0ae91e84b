import { describe, expect, it } from 'vitest'
import { cleanCode, entryOf, looksLikeCode } from '@/lib/entry'

describe('which printed code opened us', () => {
  const CODE = 'GRGTB8FW66'
  it.each([
    ['s among the page options', { s: CODE }, '', CODE, null],
    ['s before the hash of the address', {}, `https://host/m/?s=${CODE}#/`, CODE, null],
    ['s in small letters with a dash', { s: 'grgtb-8fw66' }, '', CODE, null],
    ['a grid beside it', { s: CODE, grid_id: 'g1' }, '', CODE, 'g1'],
    ['a grid in the address', {}, `https://host/m/?s=${CODE}&grid_id=g2#/`, CODE, 'g2'],
    ["WeChat's whole link in q", { q: encodeURIComponent(`https://host/s/${CODE}`) }, '', CODE, null],
    ['q with a query behind the code', { q: encodeURIComponent(`https://host/s/${CODE}?grid_id=g3`) }, '', CODE, 'g3'],
    ['q that WeChat did not encode', { q: `https://host/s/${CODE}` }, '', CODE, null],
    ['a scene that is the code', { scene: CODE }, '', CODE, null],
    ['a scene with a name', { scene: encodeURIComponent(`s=${CODE}`) }, '', CODE, null]
  ])('%s', (_title, options, href, code, gridId) => {
    expect(entryOf(options as Record<string, string>, href)).toEqual({ code, gridId })
  })

  it.each([
    ['nothing', {}, ''],
    ['an address without a code', {}, 'https://host/m/#/'],
    ['an s after the hash, which is another page of ours', {}, 'https://host/m/#/pages/issue/new?s=GRGTB8FW66'],
    ['an empty s', { s: '' }, ''],
    ['a broken escape', { q: '%E0%A4%A' }, '']
  ])('%s is no code', (_title, options, href) => {
    expect(entryOf(options as Record<string, string>, href)).toBeNull()
  })

  it('reads letters as the digits they look like', () => {
    expect(cleanCode(' grgtb 8fw6o ')).toBe('GRGTB8FW60')
    expect(looksLikeCode('GRGTB 8FW66')).toBe(true)
    expect(looksLikeCode('GRGTB8FW6')).toBe(false)
    expect(looksLikeCode('<script>..')).toBe(false)
  })
})
