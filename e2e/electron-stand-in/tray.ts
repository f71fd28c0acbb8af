import { EventEmitter } from 'node:events'
import type * as Electron from 'electron'
import { app } from './app.ts'
import type { Menu } from './menu.ts'
import type { NativeImage } from './native-image.ts'
import { person } from './person.ts'

type Carried = 'destroy' | 'isDestroyed' | 'setToolTip'

/** An icon that no desktop shows, and what the app put there. */
export class Tray extends EventEmitter implements Pick<Electron.Tray, Carried> {
  #isDestroyed = false
  readonly #shown: NonNullable<(typeof person)['tray']>

  constructor(image: NativeImage) {
    super()
    if (!app.isReady()) throw new Error('Cannot create Tray before app is ready')
    this.#shown = { image, toolTip: '', menu: null }
    person.tray = this.#shown
  }

  setImage(image: NativeImage): void {
    this.#shown.image = image
  }

  setToolTip(text: string): void {
    this.#shown.toolTip = text
  }

  setContextMenu(menu: Menu | null): void {
    this.#shown.menu = menu
  }

  isDestroyed = (): boolean => this.#isDestroyed

  destroy(): void {
    this.#isDestroyed = true
    person.tray = null
  }
}
