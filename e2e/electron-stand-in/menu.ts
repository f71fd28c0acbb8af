import type * as Electron from 'electron'
import { app } from './app.ts'
import { notCarried } from './carried.ts'

type Template = Electron.MenuItemConstructorOptions

export class MenuItem implements Pick<Electron.MenuItem, 'checked' | 'enabled' | 'id' | 'label' | 'type'> {
  readonly id: string
  readonly label: string
  readonly role: Template['role']
  readonly type: 'normal' | 'separator' | 'submenu' | 'checkbox' | 'radio'
  enabled: boolean
  checked: boolean
  readonly items: readonly MenuItem[]
  #siblings: readonly MenuItem[] = []
  readonly #click: Template['click']

  constructor(options: Template) {
    const { label, role, type, submenu } = options
    if (label === undefined && role === undefined && type === undefined) {
      throw new TypeError('Invalid template for MenuItem: must have at least one of label, role or type')
    }
    this.id = options.id ?? ''
    this.label = label ?? role ?? ''
    this.role = role
    this.type = (type as MenuItem['type'] | undefined) ?? (submenu ? 'submenu' : 'normal')
    this.enabled = options.enabled ?? true
    this.checked = options.checked ?? false
    this.items = Array.isArray(submenu) ? submenu.map((item) => new MenuItem(item)) : []
    for (const item of this.items) item.#siblings = this.items
    this.#click = options.click
  }

  /** What a person's click does; a disabled item takes none. */
  click(): void {
    if (!this.enabled) return
    if (this.role === 'quit') return app.quit()
    if (this.role !== undefined) return notCarried(`a click on the menu's role ${this.role}`)
    if (this.type === 'checkbox') this.checked = !this.checked
    if (this.type === 'radio') for (const item of this.#siblings) item.checked = item === this
    this.#click?.(this as unknown as Electron.MenuItem, undefined, {})
  }
}

export class Menu {
  static #ofApp: Menu | null = null
  readonly items: MenuItem[]

  private constructor(items: MenuItem[]) {
    this.items = items
  }

  static buildFromTemplate(template: Template[]): Menu {
    return new Menu(template.map((item) => new MenuItem(item)))
  }

  static setApplicationMenu(menu: Menu | null): void {
    Menu.#ofApp = menu
  }

  static getApplicationMenu(): Menu | null {
    return Menu.#ofApp
  }

  getMenuItemById(id: string): MenuItem | null {
    return find(this.items, id)
  }
}

function find(items: readonly MenuItem[], id: string): MenuItem | null {
  for (const item of items) {
    const found = item.id === id ? item : find(item.items, id)
    if (found) return found
  }
  return null
}
