// Writes docs/openapi.json, and the list of calls into docs/api.md: what the contract generates. A test fails while they are others.
import './require-node.mjs'
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { apiPage, openApiDocument } from '../src-main/server/openapi/document.ts'
import { projectVersion } from '../src-main/runtime/project-files.ts'

const root = path.join(import.meta.dirname, '..')
const file = path.join(root, 'docs', 'openapi.json')
const page = path.join(root, 'docs', 'api.md')
fs.writeFileSync(file, `${JSON.stringify(openApiDocument(projectVersion()), null, 2)}\n`)
fs.writeFileSync(page, apiPage(fs.readFileSync(page, 'utf8')))
execFileSync(path.join(root, 'node_modules', '.bin', 'oxfmt'), [file], { stdio: 'ignore' })
for (const written of [file, page]) console.log(`${path.relative(process.cwd(), written)} is written.`)
