import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import { createApp } from '../src-main/app/app.ts'
import type { Config } from '../src-main/config/config.ts'
import { readConfig } from '../src-main/config/read-config.ts'
import { startTestSandbox } from '#jira-sandbox/testing'
import { createSecrets } from '../src-main/secrets/secrets.ts'
import { createMemoryKeychain } from './secrets/secrets.ts'
import { makeTestEnvironment } from './store/store.ts'

/** A whole core that is connected to a sandbox as to somebody's real Jira. */
export type ConnectedApp = Awaited<ReturnType<typeof openConnectedApp>>

export async function openConnectedApp() {
  const env = await makeTestEnvironment()
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tpm-connected-'))
  const site = await startTestSandbox({ deployment: 'cloud' })
  const log = pino({ level: 'silent' })
  const read = (): Config => readConfig({ flags: { dataDir }, env, cwd: dataDir })
  const secrets = createSecrets({ dataDir, log, keychain: createMemoryKeychain() })
  const config = read()
  const app = createApp(config, { log, readConfig: read, secrets, background: false })
  const { state } = await app.client.call('settings.connect', {
    url: site.url,
    user: site.email,
    token: site.apiToken,
    tokenExpiresOn: null,
    projectKey: 'TPM',
    caFile: null,
    watch: { field: { id: 'priority', name: 'Priority' }, ids: [] },
  })
  if (state !== 'green') throw new Error('The sandbox could not be connected')
  const session = await app.client.call('session.get', {})
  return {
    app,
    site,
    siteId: session.site.id,
    config,
    async close() {
      await app.stop()
      await site.stop()
      rmSync(dataDir, { recursive: true })
    },
  }
}
