import { describe, expect, it } from 'vitest'
import { withReport } from '@/lib/suspicious'
import './uni'

describe('a code somebody distrusts', () => {
  it('is named as it was typed or scanned, and who saw it is asked where', () => {
    expect(withReport('', 'K7Q2M 9XB3')).toMatch(/^举报可疑的二维码，码是：K7Q2M 9XB3\n在哪里看到的.*：\n/)
    expect(withReport('', encodeURIComponent('假码 1')), 'WeChat hands on what stands in the address').toContain('：假码 1\n')
    expect(withReport('', '100%')).toContain('：100%\n')
    expect(withReport('', 'x'.repeat(99)).split('\n')[0]).toMatch(/：x{40}$/)
  })

  it('goes behind what was being written, once, however it was completed meanwhile', () => {
    const both = withReport('字能不能再大一些 ', 'AB1')
    expect(both).toMatch(/^字能不能再大一些\n\n举报/)
    const completed = `${both}\n电线杆上`
    expect(withReport(completed, 'AB1')).toBe(completed)
    expect(withReport(completed, 'AB2').startsWith(completed)).toBe(true)
  })
})
