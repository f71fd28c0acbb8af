// npm run package:npm:verify: packs the npm package, installs it in an empty folder with npm's own settings and without a
// compiler, and uses it: version, doctor, demo, server, and an old Node.
import './require-node.mjs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buildIfStale } from './build-if-stale.mjs'
import { installNpm } from './package/install-npm.mjs'
import { makeNpmTarball } from './package/make-npm-tarball.mjs'
import { tryCommand } from './package/try-command.mjs'

const began = performance.now()
const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-npm-'))
try {
  buildIfStale()
  const tarball = await makeNpmTarball(process.env)
  say(`packed ${path.basename(tarball)}`)
  const command = await installNpm(tarball, folder, say)
  await tryCommand(command, folder, say)
  say(`verified in ${((performance.now() - began) / 1000).toFixed(1)} s`)
} catch (error) {
  console.error(`\n${error.message}\nThe npm package was not verified.`)
  process.exitCode = 1
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}

function say(line) {
  console.log(`npm package: ${line}`)
}
