import { runInNewContext } from 'node:vm'
import { build, loadConfigFromFile, type Rolldown, type UserConfig } from 'vite'
import { expect, test } from 'vitest'
import { DESKTOP_METHOD_NAMES } from '../src-shared/contract/desktop.ts'
import { METHOD_NAMES } from '../src-shared/contract/methods.ts'
import { CONTRACT_VERSION } from '../src-shared/contract/version.ts'
import { projectFile } from './runtime/project-files.ts'

/** Of the bundle. With the contract's schemas in it, it would be over 150 kB. */
const MAX_BYTES = 4_000

test('the preload has one function a method of the contract, and stays small', async () => {
  const env = { command: 'build', mode: 'production' } as const
  const loaded = await loadConfigFromFile(env, projectFile('electron.vite.config.ts'))
  const { preload = {} } = (loaded?.config ?? {}) as { preload?: UserConfig }
  const options = { configFile: false, logLevel: 'silent' } as const
  const built = await build({ ...preload, ...options, build: { ...preload.build, write: false } })
  const [{ output }] = built as [Rolldown.RolldownOutput]
  const { code } = output[0]
  expect(output).toHaveLength(1)
  expect(Buffer.byteLength(code)).toBeLessThan(MAX_BYTES)

  const invoked: unknown[][] = []
  const ipcRenderer = { invoke: (...call: unknown[]) => void invoked.push(call) }
  type Call = Record<string, (params: unknown) => void>
  const exposed: { version?: number; call: Call; desktop: Call } = { call: {}, desktop: {} }
  const contextBridge = { exposeInMainWorld: (_name: string, api: object) => Object.assign(exposed, api) }
  runInNewContext(code, { require: () => ({ ipcRenderer, contextBridge }) })

  expect(Object.keys(exposed.call)).toEqual(METHOD_NAMES)
  expect(exposed.version).toBe(CONTRACT_VERSION)
  exposed.call['sync.now']?.({ asked: 1 })
  expect(Object.keys(exposed.desktop)).toEqual(DESKTOP_METHOD_NAMES)
  exposed.desktop['servers.get']?.({})
  expect(invoked).toEqual([
    ['tpm:call', 'sync.now', { asked: 1 }, CONTRACT_VERSION],
    ['tpm:desktop', 'servers.get', {}, CONTRACT_VERSION],
  ])
})
