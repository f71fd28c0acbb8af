import type * as Electron from 'electron'
import { carried } from './carried.ts'
import { person } from './person.ts'

type Options = Electron.MessageBoxOptions
type SyncOptions = Electron.MessageBoxSyncOptions

type OpenOptions = Electron.OpenDialogOptions
type SaveOptions = Electron.SaveDialogOptions

export const dialog = carried('dialog', {
  showMessageBox: async (windowOrOptions: Electron.BaseWindow | Options, given?: Options) => {
    const options = given ?? (windowOrOptions as Options)
    const { message, detail = '', buttons = ['OK'], cancelId = 0 } = options
    person.dialogs.push({ kind: 'message', message, detail, buttons })
    return { response: pressed(buttons, cancelId), checkboxChecked: false }
  },
  showMessageBoxSync: (windowOrOptions: Electron.BaseWindow | SyncOptions, given?: SyncOptions) => {
    const { message, detail = '', buttons = ['OK'], cancelId = 0 } = given ?? (windowOrOptions as SyncOptions)
    person.dialogs.push({ kind: 'message', message, detail, buttons })
    console.error(`${message}\n${detail}`) // shown by a program that ends: no test could ask for it later
    return pressed(buttons, cancelId)
  },
  showOpenDialog: async (windowOrOptions: Electron.BaseWindow | OpenOptions, given?: OpenOptions) => {
    const file = chosenFile(given ?? windowOrOptions)
    return { canceled: file === undefined, filePaths: file === undefined ? [] : [file] }
  },
  showSaveDialog: async (windowOrOptions: Electron.BaseWindow | SaveOptions, given?: SaveOptions) => {
    const file = chosenFile(given ?? windowOrOptions)
    return { canceled: file === undefined, filePath: file ?? '' }
  },
  showErrorBox: (title: string, content: string) => {
    person.dialogs.push({ kind: 'error', message: title, detail: content, buttons: [] })
    console.error(`${title}\n${content}`) // where Electron writes it too, before it is ready
  },
} satisfies Pick<
  Electron.Dialog,
  'showErrorBox' | 'showMessageBox' | 'showMessageBoxSync' | 'showOpenDialog' | 'showSaveDialog'
>)

function chosenFile({ title = '', defaultPath = '' }: OpenOptions | SaveOptions): string | undefined {
  person.dialogs.push({ kind: 'file', message: title, detail: defaultPath, buttons: [] })
  return person.files.shift()
}

function pressed(buttons: readonly string[], cancelId: number): number {
  const answer = person.answers.shift()
  if (answer === undefined) return cancelId
  const index = buttons.indexOf(answer)
  if (index === -1) throw new Error(`Electron stand-in: no button "${answer}" among ${buttons.join(', ')}`)
  return index
}
