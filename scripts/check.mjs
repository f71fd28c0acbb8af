import './require-node.mjs'
import { spawn } from 'node:child_process'
import path from 'node:path'
import { root } from './build-if-stale.mjs'

const bin = (name) => path.join(root, 'node_modules', '.bin', name)
const checks = [
  ['format', 'oxfmt', ['--check']],
  ['lint', 'oxlint', ['--type-aware', '--deny-warnings']],
  ['types', 'tsc', ['-b']],
  ['unused', 'knip', []],
]

const failed = []
for (const [name, command, args] of checks) {
  const started = performance.now()
  const { code, output } = await run(command, args)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${code === 0 ? 'ok    ' : 'failed'} ${name.padEnd(7)} ${seconds} s`)
  if (code === 0) continue
  failed.push(name)
  console.log(output)
}
process.exitCode = failed.length === 0 ? 0 : 1

function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(bin(command), args, { cwd: root, shell: process.platform === 'win32' })
    let output = ''
    child.stdout.on('data', (text) => (output += text))
    child.stderr.on('data', (text) => (output += text))
    child.on('error', (error) => resolve({ code: 1, output: String(error) }))
    child.on('close', (code) => resolve({ code, output }))
  })
}
