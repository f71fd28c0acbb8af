import type { Topic } from './topic.ts'

export const PAGE_FAULTS: Topic = {
  matters: [
    [
      '{page}: button "{button}" does nothing',
      'On the {page} I press "{button}" and nothing happens. No message, no spinner. With the keyboard it is the same.',
    ],
    [
      '{page} is blank after the update to {version}',
      'Since version {version} the {page} stays empty. For a moment one can see the content, then it is gone.',
    ],
    [
      'Wrong time shown in {city}, one hour off',
      'All times on the {page} are one hour late for our office in {city}. The clocks changed there last weekend.',
    ],
    [
      'Accents turn into question marks on the {page}',
      'Names with accents were fine yesterday. Now they are stored with question marks, and correcting them does not help.',
    ],
    [
      'Sorting by date puts October before February',
      'The {page} seems to sort dates as text. With more than a year in the list one cannot find anything.',
    ],
    [
      'Attachments over {some} MB fail without a message',
      'The bar runs to the end, then the attachment is simply not there. Smaller files are no problem.',
    ],
    [
      '{page} jumps to the top when I type',
      'With each letter the {page} scrolls back to its beginning. Long texts are no fun this way.',
    ],
    [
      'Text unreadable in dark mode on the {page}',
      'Dark grey on black: the hints on the {page} cannot be read in dark mode.',
    ],
    [
      'Filter on the {page} forgets its setting',
      'I set the filter "{field}" some {some} times a day, because each reload forgets it.',
    ],
    [
      'Keyboard focus is lost when the dialog closes',
      'After closing the dialog on the {page} the focus is nowhere. With a screen reader one starts from the top each time.',
    ],
    [
      'Numbers on the {page} and in the export differ by {few}',
      'The {page} and the exported file do not agree. We compared line by line: {few} entries are missing in the file.',
    ],
  ],
  details: [
    'Steps:\n1. Open the {page}\n2. Choose any entry that is older than {some} days\n3. Press "{button}"',
    'Seen with {browser} on {system}. With another browser it works.',
    'The console says: {error}',
    'A screenshot follows. {person} has a recording as well, in case it cannot be reproduced.',
  ],
  tails: [
    ' ({browser} only)',
    ', reported by {company}',
    ' on {environment}',
    ' since the update to {version}',
  ],
}
