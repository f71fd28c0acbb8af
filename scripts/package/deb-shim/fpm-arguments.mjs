/** Those of fpm's options that electron-builder gives, each with the word under which they are kept here. */
const LISTS = { '-d': 'depends', '--deb-recommends': 'recommends' }
const FLAGS = ['--force', '--debug']

/**
 * fpm's command line, as electron-builder writes it. Throws where it asks for something else than a .deb of folders.
 *
 * @param {readonly string[]} args
 * @returns {{ options: Record<string, string | string[]>, sources: { from: string, to: string }[] }}
 */
export function readFpmArguments(args) {
  const options = { depends: [], recommends: [] }
  const sources = []
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at]
    if (FLAGS.includes(word)) continue
    if (!word.startsWith('-')) {
      const [from, to] = word.split('=')
      if (!to) throw new Error(`Neither an option nor FROM=TO: ${word}`)
      sources.push({ from, to })
      continue
    }
    at += 1
    const value = args[at]
    if (value === undefined) throw new Error(`${word} has no value`)
    const list = LISTS[word]
    if (list) options[list].push(value)
    else options[word.replace(/^-+/, '')] = value
  }
  if (options.t !== 'deb' || options.s !== 'dir') {
    throw new Error(
      `Only a deb can be made here, out of folders; -s ${options.s} -t ${options.t} was asked for`,
    )
  }
  return { options, sources }
}
