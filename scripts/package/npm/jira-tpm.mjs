#!/usr/bin/env node
// The command of the npm package. It must be readable to an old Node too, so that it can say that it is old.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 20)) {
  console.error(
    `Jira TPM needs Node 22.20 or newer; this is ${process.versions.node}. Nothing was started or changed.\n` +
      'Install a newer Node (https://nodejs.org) and call it again.',
  )
  process.exit(1)
}
await import('../out/main/cli.js')
