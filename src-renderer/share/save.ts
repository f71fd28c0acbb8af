import { nothingDone } from '../../src-shared/errors/app-error.ts'

/** How long a browser may take to begin to read what it saves. */
const READ_MS = 60_000

/** Has the browser save a file of ours, as it saves any download; the desktop program asks where to. */
export function saveFile(name: string, content: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), READ_MS)
}

/** Puts a picture into the clipboard. Throws `forbidden` where that is not possible. */
export async function copyPicture(png: Promise<Blob>): Promise<void> {
  // A promise, since some browsers forget the click while a picture is drawn.
  try {
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': png })])
  } catch (error) {
    const what = 'The browser did not let this page copy a picture.'
    throw nothingDone('forbidden', what, 'Save it as PNG instead.', error)
  }
}
