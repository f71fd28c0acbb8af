/** A text as one word of a POSIX shell, whatever is in it. Throws an Error for what no argument can hold. */
export function quote(text) {
  if (text.includes('\0')) throw new Error('An argument cannot hold a NUL character.')
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** A command line of quoted words. */
export function commandLine(...words) {
  return words.map(quote).join(' ')
}
