#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 20)) {
  console.error(`jira-sandbox needs Node 22.20 or newer; this is ${process.version}. Nothing was started.`)
  process.exit(1)
}
const ended = new AbortController()
for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => ended.abort())
const { runCli } = await import('../src/cli.ts')
process.exitCode = await runCli(
  process.argv.slice(2),
  { out: (text) => process.stdout.write(text), error: (text) => process.stderr.write(text) },
  ended.signal,
)
