// Runs every benchmark in bench/ (or those named), one after the other, and prints one table.
import './require-node.mjs'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildIfStale, root } from './build-if-stale.mjs'

const wanted = process.argv.slice(2)
const files = fs
  .globSync('bench/*.ts', { cwd: root })
  .filter((file) => path.basename(file) !== 'bench.ts')
  .filter((file) => wanted.length === 0 || wanted.includes(path.basename(file, '.ts')))
  .toSorted()
if (files.length === 0) {
  console.error(`No benchmark is called ${wanted.join(', ')}.`)
  process.exit(2)
}

buildIfStale()
for (const file of files) {
  const { run } = await import(pathToFileURL(path.join(root, file)).href)
  console.log(`\n${path.basename(file, '.ts')}, load ${load()} before`)
  try {
    for (const result of await run()) console.log(line(result))
    console.log(`  load ${load()} after`)
  } catch (error) {
    // The others still print theirs.
    console.error('  could not be run:', error)
    process.exitCode = 1
  }
}

/** How many processes ran or waited to run in the last minute: figures taken next to other work are to be taken again. */
function load() {
  return os.loadavg()[0].toFixed(1)
}

function line({ name, value, unit, target, met }) {
  const figure = `${value.toLocaleString('en', { maximumFractionDigits: 2 })} ${unit}`.padStart(22)
  const verdict = target === undefined ? '' : `   target ${target}: ${met ? 'met' : 'MISSED'}`
  return `  ${name.padEnd(62)}${figure}${verdict}`
}
