import type { Client } from '../../src-shared/contract/client.ts'
import type { Dispatch } from '../../src-shared/contract/dispatch.ts'
import { toWireError } from '../../src-shared/errors/app-error.ts'
import type { App } from '../app.ts'

/** The gate to a core that is still opening: window and menu come up meanwhile, and their first calls wait here. */
export function waitingDispatch(core: Promise<Pick<App, 'dispatch'>>): Dispatch {
  return async (method, params) => {
    try {
      const { dispatch } = await core
      return await dispatch(method, params)
    } catch (error) {
      return { ok: false, error: toWireError(error) }
    }
  }
}

/** The same for the menu's calls: they throw why the core could not be opened. */
export function waitingCall(core: Promise<Pick<App, 'client'>>): Client['call'] {
  return async (method, params) => {
    const { client } = await core
    return await client.call(method, params)
  }
}
