// Writes docs/openapi.json: what the contract generates. A test fails while it is another.
import './require-node.mjs'
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { openApiDocument } from '../src-main/server/openapi/document.ts'
import { projectVersion } from '../src-main/runtime/project-files.ts'

const file = path.join(import.meta.dirname, '..', 'docs', 'openapi.json')
fs.writeFileSync(file, `${JSON.stringify(openApiDocument(projectVersion()), null, 2)}\n`)
execFileSync(path.join(import.meta.dirname, '..', 'node_modules', '.bin', 'oxfmt'), [file], {
  stdio: 'ignore',
})
console.log(`${path.relative(process.cwd(), file)} is written.`)
