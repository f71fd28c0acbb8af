import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import type { Overview } from '../../../src-shared/contract/overview.ts'
import type { Present } from '../../../src-shared/domain/now.ts'
import { testFolder } from '../../../test-support/end.ts'
import { autostartFile, hasAutostart, setAutostart } from './log-in-start.ts'
import { readTrayChoice, saveTrayChoice } from './tray-choice.ts'
import {
  trayBitmap,
  trayTemplate,
  trayText,
  trayTone,
  type TrayActions,
  type TrayShown,
} from './tray-template.ts'

const log = pino({ level: 'silent' })
const live: Present = {
  freshness: 'live',
  tickets: 13,
  isLeast: false,
  verdict: null,
  nowMinute: 0,
  gaps: [],
}
const old: Present = { ...live, freshness: 'stale', tickets: null }
const high = { ...live, verdict: { state: 'high', minutes: 5, tickets: 13, low: 0, high: 4 } } as Present
const overview = { label: 'acme.atlassian.net', zone: 'Europe/Berlin' } as Overview
const shown: TrayShown = {
  overview,
  present: live,
  tickets: [{ key: 'OPS-1', title: 'Checkout & cart', createdMs: Date.parse('2026-11-24T13:05Z') }],
  hasPages: true,
  isSilent: false,
  staysInTray: false,
  startsAtLogIn: null,
}
const actions: TrayActions = {
  openWindow: () => {},
  openTicket: () => {},
  silence: () => {},
  stayInTray: () => {},
  startAtLogIn: () => {},
}

const silence = (isSilent: boolean | null) =>
  trayTemplate({ ...shown, isSilent }, actions).find(({ id }) => id === 'silence')

describe('what the tray says', () => {
  test.each([
    ['13 in 5 min', live],
    ['≥ 13 in 5 min', { ...live, isLeast: true }],
    ['▲ 13 in 5 min, usual 0–4', high],
    ['acme.atlassian.net: not live', old],
    ['Jira TPM', null],
  ])('%j', (text, present) => expect(trayText({ overview, present })).toBe(text))

  test('tickets in the site’s own time; only what can be done can be chosen', () => {
    const [now, , ticket] = trayTemplate(shown, actions)
    expect(now).toMatchObject({ label: '13 in 5 min', enabled: false })
    expect(ticket).toMatchObject({ label: '14:05  OPS-1  Checkout && cart', enabled: true })
    const sandbox = trayTemplate({ ...shown, hasPages: false }, actions)
    expect(sandbox.find(({ id }) => id === 'OPS-1')).toMatchObject({ enabled: false })
    expect(sandbox.find(({ id }) => id === 'start-at-log-in')).toMatchObject({
      enabled: false,
      checked: false,
    })
  })

  test('all rules are silenced, and not any more, where one is on', () => {
    expect(silence(null)).toMatchObject({ enabled: false, checked: false })
    expect(silence(false)).toMatchObject({ enabled: true, checked: false })
    expect(silence(true)).toMatchObject({ enabled: true, checked: true })
  })

  test('its icon is blue, red where it is far from usual, grey where it is not live', () => {
    expect([live, high, old, null].map(trayTone)).toEqual(['live', 'high', 'old', 'old'])
    for (const scale of [1, 2]) {
      const pixels = trayBitmap('old', scale)
      expect(pixels).toHaveLength(16 * scale * 16 * scale * 4)
      expect([...pixels.subarray(0, 4)]).toEqual([0, 0, 0, 0])
      const middle = (8 * scale * 16 * scale + 1 * scale) * 4
      expect([...pixels.subarray(middle, middle + 4)]).toEqual([0x95, 0x8a, 0x86, 0xff])
    }
  })
})

test('a program whose path has every sign is started at log-in, quoted, until it is not any more', () => {
  const file = autostartFile({ XDG_CONFIG_HOME: testFolder() })
  expect(hasAutostart(file)).toBe(false)
  setAutostart(file, '/opt/100%/a "b" $c', true)
  expect(hasAutostart(file)).toBe(true)
  expect(readFileSync(file, 'utf8')).toContain(String.raw`Exec="/opt/100%%/a \\"b\\" \\$c"`)
  setAutostart(file, '', false)
  setAutostart(file, '', false)
  expect(hasAutostart(file)).toBe(false)
})

test('what was chosen outlives the program; what is no choice is none', () => {
  const file = path.join(testFolder(), 'tray.json')
  const none = { stays: false, explained: false }
  expect(readTrayChoice(file, log)).toEqual(none)
  saveTrayChoice(file, { stays: true, explained: true }, log)
  expect(readTrayChoice(file, log)).toEqual({ stays: true, explained: true })
  writeFileSync(file, '{"stays":1}')
  expect(readTrayChoice(file, log)).toEqual(none)
  const folder = path.join(testFolder(), 'folder')
  mkdirSync(folder)
  saveTrayChoice(folder, none, log)
  expect(readTrayChoice(folder, log)).toEqual(none)
})
