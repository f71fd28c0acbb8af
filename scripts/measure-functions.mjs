// The longest functions and files of production code, in lines: node scripts/measure-functions.mjs [HOW_MANY]
import './require-node.mjs'
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { root } from './build-if-stale.mjs'

const howMany = Number(process.argv[2] ?? 10)
const limit = (max) => ['warn', { max, skipBlankLines: false, skipComments: false }]
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'jira-tpm-functions-'))
const config = path.join(folder, 'oxlint.json')
const rules = { 'max-lines-per-function': limit(20), 'max-lines': limit(100) }
fs.writeFileSync(config, JSON.stringify({ categories: { correctness: 'off' }, rules }))
const sources = ['src-main', 'src-renderer', 'src-shared', 'packages'].filter((name) =>
  fs.existsSync(path.join(root, name)),
)
const oxlint = path.join(root, 'node_modules', 'oxlint', 'bin', 'oxlint')
const args = [oxlint, '-c', config, '--format', 'json', '--ignore-pattern', '**/*.test.*', ...sources]
const { stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 1e9 })
fs.rmSync(folder, { recursive: true })

const found = JSON.parse(stdout).diagnostics.map(({ code, message, filename, labels }) => ({
  kind: code.includes('per-function') ? 'function' : 'file',
  lines: Number(/\((\d+)\)/.exec(message)[1]),
  place: `${filename}:${labels[0].span.line}`,
}))
for (const kind of ['function', 'file']) {
  console.log(`longest ${kind}s`)
  const longest = found.filter((one) => one.kind === kind).toSorted((a, b) => b.lines - a.lines)
  for (const { lines, place } of longest.slice(0, howMany))
    console.log(`${String(lines).padStart(6)}  ${place}`)
}
