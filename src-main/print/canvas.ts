import { readFile } from 'node:fs/promises'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { projectFile } from '../runtime/project-files.ts'

/** The drawing package is native and optional, and nothing but pictures needs it: it is loaded when one is wanted. */
export type CanvasModule = typeof import('@napi-rs/canvas')

/** The name under which Inter is known to the canvas: one of our own, whatever is installed. */
export const FONT = 'Jira TPM Inter'

/** Throws `not-configured` where the package is missing on this machine. */
export async function loadCanvas(
  load: () => Promise<CanvasModule> = () => import('@napi-rs/canvas'),
): Promise<CanvasModule> {
  const canvas = await load().catch((cause: unknown) => {
    throw new AppError(
      'not-configured',
      'The picture was not drawn: the package @napi-rs/canvas does not work on this machine.',
      {
        hint: 'Install it beside Jira TPM (npm install @napi-rs/canvas, with --global where Jira TPM is global); the same figures come from jira-tpm counts.',
        cause,
      },
    )
  })
  if (!canvas.GlobalFonts.has(FONT)) await addFonts(canvas)
  return canvas
}

async function addFonts({ GlobalFonts }: CanvasModule): Promise<void> {
  for (const weight of ['400', '600']) {
    GlobalFonts.register(await readFile(projectFile('data', 'fonts', `inter-latin-${weight}.woff2`)), FONT)
  }
}
