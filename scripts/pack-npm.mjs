// npm run package:npm: the command line and the server as an npm package, dist/npm/jira-tpm-VERSION.tgz.
import './require-node.mjs'
import { statSync } from 'node:fs'
import { buildIfStale } from './build-if-stale.mjs'
import { megabytes } from './package/contents.mjs'
import { makeNpmTarball } from './package/make-npm-tarball.mjs'

buildIfStale()
const file = await makeNpmTarball(process.env)
console.log(`${file} (${megabytes(statSync(file).size).toFixed(1)} MB)`)
