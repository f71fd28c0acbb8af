import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import { Visitor, type ESTree, type Plugin } from 'vite'
import { DESKTOP_METHOD_NAMES } from './src-shared/contract/desktop.ts'
import { METHOD_NAMES } from './src-shared/contract/methods.ts'

/** Native packages stay outside the bundle; everything else that main needs goes in. */
const native = ['electron', 'better-sqlite3', '@napi-rs/canvas', 'keytar']

/** Plotly comes over while the page's own script is read and runs, though it is not needed before the first frame. */
const preloadPlotly: Plugin = {
  name: 'preload-plotly',
  transformIndexHtml: {
    order: 'post',
    handler(_html, { bundle = {} }) {
      const files = Object.keys(bundle).filter((file) => /\/plotly-[^/]*\.(?:js|css)$/.test(file))
      return files.map((file) => ({
        tag: 'link',
        attrs: {
          ...(file.endsWith('.js') ? { rel: 'modulepreload' } : { rel: 'preload', as: 'style' }),
          crossorigin: true,
          href: `./${file}`,
        },
        injectTo: 'head' as const,
      }))
    },
  },
}

/** In which arguments the functions of `src-shared/contract/schema.ts` take a description. */
const DESCRIBED_BY: Readonly<Record<string, number>> = {
  described: 0,
  count: 0,
  nullable: 1,
  choice: 1,
  text: 1,
  model: 1,
  strictModel: 1,
}

/** Summaries and descriptions of the contract are for its document: the window checks by its schemas and shows none of them. */
const contractWithoutTexts: Plugin = {
  name: 'contract-without-texts',
  transform: {
    filter: { id: /\/src-shared\/contract\/.*\.ts$/ },
    handler(code) {
      const texts: ESTree.Node[] = []
      const take = (node: ESTree.Node | undefined): void => {
        if (node !== undefined && isText(node)) texts.push(node)
      }
      new Visitor({
        Property({ key, value }) {
          if (key.type === 'Identifier' && /^(summary|description)$/.test(key.name)) take(value)
        },
        CallExpression({ callee, arguments: given }) {
          if (callee.type === 'Identifier') take(given[DESCRIBED_BY[callee.name] ?? -1])
        },
      }).visit(this.parse(code))
      const latestFirst = texts.toSorted((a, b) => b.start - a.start)
      return latestFirst.reduce((rest, { start, end }) => `${rest.slice(0, start)}''${rest.slice(end)}`, code)
    },
  },
}

function isText(node: ESTree.Node): boolean {
  if (node.type === 'TemplateLiteral') return node.expressions.length === 0
  if (node.type === 'BinaryExpression') return isText(node.left) && isText(node.right)
  return node.type === 'Literal' && typeof node.value === 'string'
}

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      externalizeDeps: false,
      minify: false,
      license: true, // of what is bundled: scripts/package/notices.mjs
      lib: {
        entry: {
          main: 'src-main/main.ts',
          cli: 'src-main/cli.ts',
          'sandbox-worker': 'packages/jira-sandbox/src/worker.ts',
          'keyring-process': 'src-main/secrets/keyring-process.ts',
        },
        formats: ['es'],
      },
      rolldownOptions: { external: native },
    },
  },
  preload: {
    define: {
      METHOD_NAMES: JSON.stringify(METHOD_NAMES),
      DESKTOP_METHOD_NAMES: JSON.stringify(DESKTOP_METHOD_NAMES),
    },
    build: {
      outDir: 'out/preload',
      externalizeDeps: false,
      lib: { entry: { preload: 'src-main/preload.ts' }, formats: ['cjs'] },
      rolldownOptions: { external: ['electron'], output: { entryFileNames: '[name].cjs' } },
    },
  },
  renderer: {
    root: 'src-renderer',
    // Plotly's core names `global`, and drags in a map library's style sheet that no chart of ours needs.
    define: { global: 'globalThis' },
    resolve: {
      alias: { 'maplibre-gl/dist/maplibre-gl.css': `${import.meta.dirname}/src-renderer/chart/no-map.css` },
    },
    plugins: [react(), contractWithoutTexts, preloadPlotly],
    build: {
      outDir: 'out/renderer',
      emptyOutDir: true,
      minify: true,
      license: true,
      // Of one file before it is packed, by which Vite warns: Plotly's. What a start may weigh is measured, gzipped, by
      // e2e/journeys/start.spec.ts.
      chunkSizeWarningLimit: 920,
      rolldownOptions: {
        input: 'src-renderer/index.html',
        // What a start needs is one file; cut where later parts share some of it, it would be 28 files and 7 kB more.
        output: { codeSplitting: { groups: [{ name: 'start', tags: ['$initial'] }] } },
      },
    },
  },
})
