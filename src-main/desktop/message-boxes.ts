import { BrowserWindow, dialog, type MessageBoxOptions } from 'electron'
import { errorText, failureOf, toWireError } from '../../src-shared/errors/app-error.ts'

/** Shows the person what was done, and waits until they have read it. */
export async function inform(message: string, detail: string): Promise<void> {
  await show({ type: 'info', message, detail, buttons: ['OK'] })
}

/** Says what failed, what that means for the data and what to do. What is not an AppError gets a general sentence. */
export async function showFailure(error: unknown): Promise<void> {
  const { message, hint } = failureOf(toWireError(error))
  await show({ type: 'error', message, detail: hint, buttons: ['OK'] })
}

/** True where the person presses `verb`; Enter, Escape and closing the box all mean no. */
export async function confirm(verb: string, message: string, detail: string): Promise<boolean> {
  const options = { buttons: [verb, 'Cancel'], defaultId: 1, cancelId: 1 }
  const answer = await show({ type: 'warning', message, detail, ...options })
  return answer.response === 0
}

/** For failures before there is a window: blocks until it is read. On Linux before `ready` it goes to stderr. */
export function showStartFailure(error: unknown): void {
  dialog.showErrorBox('Jira TPM could not start', errorText(toWireError(error)))
}

/** For a bug that ends the program: true where the person wants it to start again. Blocks until it is answered. */
export function askAfterCrash(): boolean {
  const options = { buttons: ['Restart Jira TPM', 'Quit'], defaultId: 0, cancelId: 1 }
  const detail = errorText(toWireError(new Error('a bug')))
  return (
    dialog.showMessageBoxSync({ type: 'error', message: 'Jira TPM has to close', detail, ...options }) === 0
  )
}

export interface Choice {
  readonly message: string
  readonly detail: string
  /** The button that closing the box stands for; the last where absent. */
  readonly closed?: string
  /** Closes the box when it is aborted. */
  readonly signal?: AbortSignal
}

/** The label of the button that the person presses. Enter presses the first. */
export async function choose(buttons: readonly string[], choice: Choice): Promise<string> {
  const { message, detail, closed = buttons.at(-1) ?? '', signal } = choice
  const { response } = await show({
    type: 'warning',
    message,
    detail,
    buttons: [...buttons],
    defaultId: 0,
    cancelId: buttons.indexOf(closed),
    noLink: true, // Windows would show some of them as large links
    ...(signal && { signal }),
  })
  return buttons[response] ?? closed
}

/** A file of certificates that the person chooses; null where they do not. */
export async function chooseCaFile(): Promise<string | null> {
  const filters = [
    { name: 'Certificates', extensions: ['pem', 'crt', 'cer'] },
    { name: 'All files', extensions: ['*'] },
  ]
  const options = { title: 'Choose a CA file', properties: ['openFile' as const], filters }
  const window = BrowserWindow.getAllWindows()[0]
  const { filePaths } = await (window === undefined
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options))
  return filePaths[0] ?? null
}

function show(options: MessageBoxOptions): Promise<{ response: number }> {
  const window = BrowserWindow.getAllWindows()[0]
  return window === undefined ? dialog.showMessageBox(options) : dialog.showMessageBox(window, options)
}
