#!/usr/bin/env node
import './require-node.mjs'
import { buildIfStale } from './build-if-stale.mjs'

buildIfStale()
await import('../out/main/cli.js')
