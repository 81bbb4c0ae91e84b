import { describe, expect, it } from 'vitest'
import type { Action } from '@/api/types'
import { arranged, bodyFor, labelOf, missing } from '@/lib/action_form'
import { bodyOf, faultsFrom, faultsOf } from '@/lib/submission'
import { fitted } from '@/lib/photo_size'
import { emptyDraft, type Draft } from '@/state/draft'
import { cleanReceipt, inGroups } from '@/lib/issue_source'
import { date, day, hour, short, until } from '@/lib/when'

function draft(changes: Partial<Draft>): Draft {
  return { ...emptyDraft(), stationCode: 'GRGTB8FW66', content: '村口的路灯坏了', ...changes }
}

describe('what is sent', () => {
  it('carries no name, phone or identity consent when nobody shall know', () => {
    const body = bodyOf(draft({ anonymity: 'receipt_only', name: '张三', phone: '13800000000', passOn: true, contact: true, publish: true }))
    expect(body.contact).toBeNull()
    expect(body.consents).toEqual({ privacy: true, pass_on: false, publish: true, contact: false })
  })

  it('never goes to the deputy it is about', () => {
    const body = bodyOf(draft({ anonymity: 'named', deputyId: 'd1', aboutType: 'deputy', aboutId: 'd1' }))
    expect([body.deputy_id, body.about, body.kind]).toEqual([null, { type: 'deputy', id: 'd1' }, 'COMPLAINT'])
  })

  it('consents are off unless ticked', () => {
    expect(bodyOf(draft({ anonymity: 'named' })).consents).toEqual({ privacy: true, pass_on: false, publish: false, contact: false })
  })
})

describe('what is missing', () => {
  it('is named field by field', () => {
    expect(Object.keys(faultsOf(draft({ content: '  路灯  ' }), false)).sort()).toEqual(['anonymity', 'content', 'privacy'])
    expect(faultsOf(draft({ anonymity: 'receipt_only' }), true)).toEqual({})
  })

  it('a wrong phone matters only where it is sent', () => {
    expect(faultsOf(draft({ anonymity: 'named', phone: 'abc' }), true).phone).toBeTruthy()
    expect(faultsOf(draft({ anonymity: 'receipt_only', phone: 'abc' }), true)).toEqual({})
  })

  it("the server's names find the form's fields", () => {
    expect(faultsFrom([{ field: 'contact.phone', message: 'x' }, { field: 'about.id', message: 'y' }, { field: 'else', message: 'z' }])).toEqual({ phone: 'x', about: 'y' })
  })
})

describe('a form drawn from fields', () => {
  const rate: Action = {
    name: 'rate', title: '评价',
    fields: [
      { name: 'result', type: 'choice', required: true, options: [{ value: 'SATISFIED', title: '满意' }] },
      { name: 'reason', type: 'text', required: false }
    ]
  } as Action

  it('asks why when somebody is dissatisfied', () => {
    expect(Object.keys(missing(rate, {}))).toEqual(['result'])
    expect(missing(rate, { result: 'SATISFIED' })).toEqual({})
    expect(Object.keys(missing(rate, { result: 'DISSATISFIED', reason: ' ' }))).toEqual(['reason'])
  })

  it('sends what was filled, trimmed, numbers as numbers, with the version seen', () => {
    const extend = { name: 'extend', title: '', fields: [{ name: 'reason', type: 'text', required: true }, { name: 'workdays', type: 'number', required: false }] } as unknown as Action
    expect(bodyFor(extend, 3, { reason: ' 等材料 ', workdays: '5', stray: 'x' })).toEqual({ action: 'extend', version: 3, reason: '等材料', workdays: 5 })
  })

  it('puts first what people come for, loses nothing, and never makes a way out the loudest button', () => {
    const offered = (...names: string[]) => arranged(names.map((name) => ({ name, title: name, fields: [] }) as unknown as Action))
    const deputy = offered('ask_info', 'answer', 'reroute', 'recuse', 'propose_unit', 'set_category')
    expect([deputy.main, deputy.near.map((one) => one.name)]).toEqual(['answer', ['answer', 'ask_info', 'propose_unit']])
    expect(deputy.far.map((one) => one.name).sort()).toEqual(['recuse', 'reroute', 'set_category'])
    expect(offered('withdraw').main).toBeNull()
    expect(offered('brand_new').near.map((one) => one.name)).toEqual(['brand_new'])
  })

  it('an unknown field still has a name', () => {
    expect(labelOf('answer', 'text')).toContain('答复')
    expect(labelOf('x', 'brand_new')).toBe('brand_new')
  })
})

describe('small things', () => {
  it('photos shrink to 2048 px on the longer side and never grow', () => {
    expect(fitted(4000, 3000)).toEqual({ width: 2048, height: 1536 })
    expect(fitted(3000, 4000)).toEqual({ width: 1536, height: 2048 })
    expect(fitted(800, 600)).toEqual({ width: 800, height: 600 })
    expect(fitted(50000, 3)).toEqual({ width: 2048, height: 1 })
  })

  it('receipt codes are read as typed by hand and shown in fours', () => {
    expect(cleanReceipt(' abcd-Oi1l ')).toBe('ABCD0111')
    expect(inGroups('ABCDEFGHJ')).toBe('ABCD EFGH J')
  })

  it('moments are Chinese time, whatever the phone thinks', () => {
    expect(day('2026-03-05T01:00:00+00:00')).toBe('3月5日（星期四）')
    expect(hour('2026-03-05T01:00:00+00:00')).toBe('09:00')
    expect(short('2025-12-31T17:00:00+00:00', Date.parse('2025-06-01T00:00:00Z'))).toBe('2026年1月1日 01:00')
    expect([date('2026-03-02'), date('某天')]).toEqual(['3月2日', '某天'])
    const due = '2026-03-05T23:59:59+08:00'
    expect(until(due, Date.parse('2026-03-05T08:00:00+08:00'))).toBe('今天到期')
    expect(until(due, Date.parse('2026-03-04T23:30:00+08:00'))).toBe('明天到期')
    expect(until(due, Date.parse('2026-03-08T00:00:01+08:00'))).toBe('已超时 3 天')
  })
})
