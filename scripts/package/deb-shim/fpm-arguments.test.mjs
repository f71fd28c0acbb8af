import { describe, expect, test } from 'vitest'
import { controlOf } from './control.mjs'
import { readFpmArguments } from './fpm-arguments.mjs'

const ARGS = [
  '-s dir --force -t deb -d libgtk-3-0 -d libnss3 --deb-recommends libsecret-1-0 --architecture amd64'.split(
    ' ',
  ),
  '--after-install /tmp/postinst --version 0.1.0 --package /tmp/x.deb --name jira-tpm-desktop'.split(' '),
  ['--description', 'Tickets\n by minute\n\n for all', '--maintainer', 'A <a@x.example>'],
  ['--url', 'https://x.example', '/tmp/app/=/opt/Jira TPM', '/tmp/icon.png=/usr/share/icons/icon.png'],
].flat()

describe('fpm’s command line', () => {
  test('is read as electron-builder writes it', () => {
    const { options, sources } = readFpmArguments(ARGS)
    expect(options).toMatchObject({
      depends: ['libgtk-3-0', 'libnss3'],
      recommends: ['libsecret-1-0'],
      'after-install': '/tmp/postinst',
      package: '/tmp/x.deb',
    })
    expect(sources).toEqual([
      { from: '/tmp/app/', to: '/opt/Jira TPM' },
      { from: '/tmp/icon.png', to: '/usr/share/icons/icon.png' },
    ])
  })

  test('is refused where it asks for another package, or cannot be read', () => {
    expect(() => readFpmArguments(ARGS.with(4, 'rpm'))).toThrow('Only a deb can be made here')
    expect(() => readFpmArguments([...ARGS, 'a-file'])).toThrow('Neither an option nor FROM=TO: a-file')
    expect(() => readFpmArguments([...ARGS, '--url'])).toThrow('--url has no value')
  })
})

describe('the control file', () => {
  test('has Debian’s fields, and the description set in', () => {
    expect(controlOf(readFpmArguments(ARGS).options, 1_234)).toBe(
      [
        'Package: jira-tpm-desktop',
        'Version: 0.1.0',
        'Architecture: amd64',
        'Maintainer: A <a@x.example>',
        'Installed-Size: 1234',
        'Depends: libgtk-3-0, libnss3',
        'Recommends: libsecret-1-0',
        'Section: misc',
        'Priority: optional',
        'Homepage: https://x.example',
        'Description: Tickets',
        ' by minute',
        ' .',
        ' for all',
        '',
      ].join('\n'),
    )
  })

  test('takes no value that would be a field of its own', () => {
    const { options } = readFpmArguments(ARGS)
    expect(() => controlOf({ ...options, url: 'https://x\nPre-Depends: evil' }, 1)).toThrow(
      'Homepage cannot be',
    )
  })
})
