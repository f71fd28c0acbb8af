import type { Client } from '../../src-shared/contract/client.ts'
import type { Screen } from '../../src-shared/contract/screens.ts'
import { errorText, toWireError } from '../../src-shared/errors/app-error.ts'
import { createStateStore } from '../state-store.ts'

interface ScreensState {
  readonly screens: readonly Screen[]
  /** Of the screen that was added last: it is shown this once. */
  readonly link: string | null
  readonly failure: string | null
}

/** The screens that may look on, as the settings show them. */
export function createScreensController({ call }: Pick<Client, 'call'>) {
  const store = createStateStore<ScreensState>({ screens: [], link: null, failure: null })
  const perform = async (work: () => Promise<Partial<ScreensState>>): Promise<void> => {
    try {
      store.put({ failure: null, ...(await work()) })
    } catch (error) {
      store.put({ failure: errorText(toWireError(error)) })
    }
  }
  return {
    store,
    open: (): void => void perform(() => call('settings.screens', {})),
    add: (name: string): Promise<void> =>
      perform(async () => {
        const { link } = await call('settings.addScreen', { name: name.trim() })
        return { link, ...(await call('settings.screens', {})) }
      }),
    revoke: (id: string): Promise<void> =>
      perform(async () => ({ link: null, ...(await call('settings.revokeScreen', { id })) })),
  }
}
