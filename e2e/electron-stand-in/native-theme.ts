import { EventEmitter } from 'node:events'
import type * as Electron from 'electron'
import { carried } from './carried.ts'
import { openWindows } from './open-windows.ts'

type Carried = 'shouldUseDarkColors' | 'themeSource'

/** The system's own theme is light here. */
class NativeTheme extends EventEmitter implements Pick<Electron.NativeTheme, Carried> {
  #source: Electron.NativeTheme['themeSource'] = 'system'

  get themeSource(): Electron.NativeTheme['themeSource'] {
    return this.#source
  }

  set themeSource(source: Electron.NativeTheme['themeSource']) {
    this.#source = source
    this.emit('updated')
    for (const window of openWindows()) void window.applyTheme()
  }

  get shouldUseDarkColors(): boolean {
    return this.#source === 'dark'
  }
}

export const nativeTheme = carried('nativeTheme', new NativeTheme())
