import type { MenuItemConstructorOptions } from 'electron'
import { describe, expect, test } from 'vitest'
import type { MenuCommand } from './menu.ts'
import { menuTemplate } from './menu-template.ts'

const EVERYTHING: readonly MenuCommand[] = [
  'run-start',
  'run-pause',
  'run-resume',
  'run-stop',
  'run-audit',
  'run-clean-up',
  'runs',
  'fetch-now',
  'data-import',
  'data-export',
  'data-load-sample',
  'data-create-tables',
  'data-drop-tables',
  'store-fallback',
  'store-primary',
  'view-bar',
  'view-histogram',
  'view-distribution',
  'view-heat',
  'tv',
  'saved-view-1',
  'saved-view-2',
  'span-previous',
  'span-next',
  'span-now',
  'theme-system',
  'theme-light',
  'theme-dark',
  'keys',
  'settings',
  'servers',
  'check-updates',
  'open-logs',
  'about',
]

const VIEWS = ['Storms & floods', 'Night']

const chosen: MenuCommand[] = []

function choose(command: MenuCommand): void {
  chosen.push(command)
}

function items(platform: NodeJS.Platform, developer = false, updates = true): MenuItemConstructorOptions[] {
  const flatten = (list: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
    list.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flatten(item.submenu) : [])])
  return flatten(menuTemplate({ platform, theme: 'dark', developer, updates, views: VIEWS, choose }))
}

describe.each(['linux', 'win32', 'darwin'] as const)('the menu on %s', (platform) => {
  const all = items(platform)

  test('has everything that can be done, each once', () => {
    const ids = all.flatMap(({ id }) => id ?? [])
    expect(ids.toSorted()).toEqual(EVERYTHING.toSorted())
  })

  test('no two items share a key, and none takes a single key from the window', () => {
    const keys = all.flatMap(({ accelerator }) => accelerator ?? [])
    expect(new Set(keys).size).toBe(keys.length)
    for (const key of keys) expect(key).toMatch(/^CmdOrCtrl\+|^F\d+$/)
    // Electron's own roles, and the window's command list.
    const taken = ['Q', 'W', 'R', 'X', 'C', 'V', 'A', 'Z', 'Y', '0', '-', '+', 'M', 'H', 'K'].map(
      (key) => `CmdOrCtrl+${key}`,
    )
    expect(keys.filter((key) => taken.includes(key))).toEqual([])
  })

  test('choosing an item says which', () => {
    chosen.length = 0
    const item = all.find(({ id }) => id === 'fetch-now')
    item?.click?.(undefined as never, undefined, undefined as never)
    expect(chosen).toEqual(['fetch-now'])
  })

  test('the theme in use is the one that is marked', () => {
    expect(all.filter(({ checked }) => checked).map(({ id }) => id)).toEqual(['theme-dark'])
  })
})

test('a Mac has the application menu, the others a file menu', () => {
  expect(items('darwin')[0]?.role).toBe('appMenu')
  expect(items('linux')[0]?.label).toBe('File')
})

test('developer tools are offered to developers only', () => {
  expect(items('linux', true).map(({ role }) => role)).toContain('toggleDevTools')
  expect(items('linux', false).map(({ role }) => role)).not.toContain('toggleDevTools')
})

test('a build that is not exchanged by itself says nothing of updates', () => {
  expect(items('linux', false, true).map(({ id }) => id)).toContain('check-updates')
  expect(items('linux', false, false).map(({ id }) => id)).not.toContain('check-updates')
})

test('the first nine saved views have keys, and no sign of theirs is one', () => {
  const views = Array.from({ length: 12 }, (_, at) => `View & ${at}`)
  const plain = { platform: 'linux', theme: 'dark', developer: false, updates: false } as const
  const template = menuTemplate({ ...plain, views, choose })
  const view = template.find(({ label }) => label === 'View')?.submenu as MenuItemConstructorOptions[]
  const saved = view.find(({ label }) => label === 'Saved views')?.submenu as MenuItemConstructorOptions[]
  expect(saved.map(({ label, accelerator }) => [label, accelerator])).toEqual(
    Array.from({ length: 9 }, (_, at) => [`View && ${at}`, `CmdOrCtrl+${at + 1}`]),
  )
})
