import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runBuilder } from './builder.mjs'

let output
beforeEach(async () => {
  output = await mkdtemp(path.join(tmpdir(), 'tpm-builder-'))
})
afterEach(() => rm(output, { recursive: true }))

test('a download that fails is told: what, from where, why, and what to do', async () => {
  const server = createServer((_request, response) => response.writeHead(404).end())
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const mirror = `http://127.0.0.1:${server.address().port}/`
  const build = { platform: 'linux', formats: ['dir'], archs: ['x64'] }
  const env = { ...process.env, ELECTRON_MIRROR: mirror }
  const failure = await runBuilder(build, { directories: { output } }, { env, quiet: true }).catch(
    (error) => error,
  )
  await new Promise((resolve) => server.close(resolve))
  expect(failure.message).toMatch(
    /^Electron [\d.]+ for linux-x64 could not be downloaded: (\S+electron-v[\d.]+-linux-x64\.zip) \(.*404.*\)\. Not built: dir for Linux \(x64\)\. Build where 127\.0\.0\.1:\d+ can be reached, .*ELECTRON_MIRROR/,
  )
  expect(failure.message).toContain(mirror)
})
