#!/usr/bin/env node
// Only cmd.exe comes here: to every other shell `exec` is a word of its own.
import { spawn } from 'node:child_process'

const [command, ...args] = process.argv.slice(2)
// npm's own Node stands in the PATH as a .cmd file, which cannot be started without a shell; it is what runs this.
const child = spawn(command === 'node' ? process.execPath : command, args, { stdio: 'inherit' })
// Ctrl-C reaches the child by the console; this process only waits for its end.
process.on('SIGINT', () => {})
child.on('error', (error) => {
  console.error(`${command} cannot be started: ${error.message}`)
  process.exit(1)
})
child.on('exit', (code) => process.exit(code ?? 1))
