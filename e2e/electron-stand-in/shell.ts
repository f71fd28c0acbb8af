import type * as Electron from 'electron'
import { carried } from './carried.ts'
import { person } from './person.ts'

export const shell = carried('shell', {
  openExternal: async (address: string) => void person.opened.push(address),
  openPath: async (file: string) => {
    person.opened.push(file)
    return '' // no trouble
  },
} satisfies Pick<Electron.Shell, 'openExternal' | 'openPath'>)
