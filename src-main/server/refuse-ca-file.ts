import { realpathSync } from 'node:fs'
import path from 'node:path'
import type { Dispatch } from '../../src-shared/contract/dispatch.ts'
import type { Settings } from '../../src-shared/contract/settings.ts'
import type { StoreSettings } from '../../src-shared/contract/store.ts'
import { type AppError, nothingSent, toWireError } from '../../src-shared/errors/app-error.ts'

/** The methods that take a file of certificates, and the one that says which is set. */
const SET_BY: Readonly<Record<string, 'settings.get' | 'settings.store'>> = {
  'settings.preflight': 'settings.get',
  'settings.connect': 'settings.get',
  'settings.checkStore': 'settings.store',
  'settings.useStore': 'settings.store',
}

/**
 * Who calls from afar says neither which files of this machine are read nor, by one that happens to lie there, whom it
 * believes: a file of certificates lies below the data folder, or is the one that is set.
 */
export function refuseCaFiles(dispatch: Dispatch, dataDir: string): Dispatch {
  return async (method, params, options) => {
    const file = (params as { readonly caFile?: unknown } | null)?.caFile
    const asked = typeof method === 'string' && Object.hasOwn(SET_BY, method) ? SET_BY[method] : undefined
    const isOutside = asked !== undefined && typeof file === 'string' && !liesIn(dataDir, file)
    if (isOutside && (await setFile(dispatch, asked)) !== file)
      return { ok: false, error: toWireError(outside(dataDir)) }
    return dispatch(method, params, options)
  }
}

async function setFile(dispatch: Dispatch, asked: 'settings.get' | 'settings.store'): Promise<string | null> {
  const reply = await dispatch(asked, {})
  if (!reply.ok) return null
  const { jira, store } = reply.result as Partial<Settings & StoreSettings>
  return jira?.caFile ?? (store?.kind === 'postgres' ? store.caFile : null)
}

function liesIn(folder: string, file: string): boolean {
  const between = path.relative(real(folder), real(file))
  return between !== '' && !between.startsWith('..') && !path.isAbsolute(between)
}

/** Where links lead. */
function real(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    return path.resolve(file) // what is missing is reported where it is read
  }
}

function outside(dataDir: string): AppError {
  return nothingSent(
    'usage',
    `Over HTTP a file of certificates must lie in the server's data folder, ${dataDir}.`,
    'Have it put there, or set it on the server itself: jira-tpm connect --ca-file, or use-store with sslrootcert.',
  )
}
