// npm run deploy -- user@host: the images are built here, sent by ssh, started and checked there; see docs/containers.md.
import './require-node.mjs'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './build-if-stale.mjs'
import { deploy, plan } from './deploy/deploy.mjs'
import { DeployFailure } from './deploy/failure.mjs'
import { readOptions } from './deploy/options.mjs'
import { createSsh } from './deploy/ssh.mjs'

const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
const tag = `${version}-${new Date().toISOString().replace(/[-:]|\..*$/g, '')}`
const say = (text) => console.error(text)

try {
  const options = readOptions(process.argv.slice(2), process.env, root)
  if (options !== null) await carryOut(options)
} catch (error) {
  if (!(error instanceof DeployFailure)) throw error
  say(`\n${error.message}`)
  process.exitCode = error.code
}

async function carryOut(options) {
  const ssh = createSsh(options)
  try {
    if (!options.dryRun) return await deploy(ssh, options, { tag, version, root, say })
    say('Nothing is done. It would be:')
    for (const step of plan(ssh, options, { tag, version, root })) console.log(step)
  } finally {
    ssh.close()
  }
}
