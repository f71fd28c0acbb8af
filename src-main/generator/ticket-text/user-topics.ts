import type { Topic } from './system-topics.ts'

export const REQUESTS: Topic = {
  matters: {
    'Please add {person} as an administrator':
      '{person} takes over our account at {company} and needs the rights of an administrator from {weekday} on.',
    'Export of all tickets of {company}':
      '{company} wants all of its tickets as a file, closed ones too. The export stops at {many} rows; is there another way?',
    'Certificate of {host} expires in {few} days':
      'Monitoring warns that the certificate of {host} runs out in {few} days. It should have been renewed by itself.',
    'Disk of {host} is nearly full':
      '{host} has {few} GB left and fills by one a day. Most of it is old logs of {service}.',
    'Move {company} to the region {region}':
      'By contract the data of {company} has to be in {region} from next month. {person} asks when it can be moved.',
    'Raise the quota of {company} to {many} calls':
      '{company} expects more traffic from {weekday} on and asks for {many} calls an hour.',
    'Show "{field}" in the list on the {page}':
      'Many of us open each entry only to read "{field}". A column on the {page} would save us the clicks.',
    'Delete the data of {person}, as asked by mail':
      '{person} has asked for the deletion of all personal data. The legal term ends on {weekday}.',
    'Phishing mail in our name sent to {company}':
      '{company} received a mail that looks like ours and asks for passwords. It links to an address that is not ours.',
    'Password of {service} found in a public repository':
      'A scanner found a password of {service} in a public repository. It is not known yet whether it is still valid.',
  },
  details: [
    'Approved by {person}. The change window is {weekday}, {clock} to midnight UTC.',
    'Last year we did the same for another customer; the notes are in the wiki under "{service}".',
    'If it cannot be done this week, please say so, then we tell the customer.',
    'Contact for questions: {email}.',
  ],
  tails: [', before {weekday}', ' (second request)', ', please today'],
}

export const PAGE_FAULTS: Topic = {
  matters: {
    '{page}: button "{button}" does nothing':
      'On the {page} I press "{button}" and nothing happens. No message, no spinner. With the keyboard it is the same.',
    '{page} is blank after the update to {version}':
      'Since version {version} the {page} stays empty. For a moment one can see the content, then it is gone.',
    'Wrong time shown in {city}, one hour off':
      'All times on the {page} are one hour late for our office in {city}. The clocks changed there last weekend.',
    'Accents turn into question marks on the {page}':
      'Names with accents were fine yesterday. Now they are stored with question marks, and correcting them does not help.',
    'Sorting by date puts October before February':
      'The {page} seems to sort dates as text. With more than a year in the list one cannot find anything.',
    'Attachments over {some} MB fail without a message':
      'The bar runs to the end, then the attachment is simply not there. Smaller files are no problem.',
    '{page} jumps to the top when I type':
      'With each letter the {page} scrolls back to its beginning. Long texts are no fun this way.',
    'Text unreadable in dark mode on the {page}':
      'Dark grey on black: the hints on the {page} cannot be read in dark mode.',
    'Filter on the {page} forgets its setting':
      'I set the filter "{field}" some {some} times a day, because each reload forgets it.',
    'Keyboard focus is lost when the dialog closes':
      'After closing the dialog on the {page} the focus is nowhere. With a screen reader one starts from the top each time.',
    'Numbers on the {page} and in the export differ by {few}':
      'The {page} and the exported file do not agree. We compared line by line: {few} entries are missing in the file.',
  },
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

export const LOGIN: Topic = {
  matters: {
    'Cannot log in: {loginError}':
      'When I log in I get "{loginError}". My password is right, I changed it yesterday and it works on the phone.',
    'Password reset mail never arrives':
      'I asked for a new password {few} times since {clock}. No mail, not in the junk folder either. Other mails from you do arrive.',
    'Single sign-on loops back to the login page':
      'After the login the browser jumps between two addresses {some} times and then gives up.',
    'Locked out after changing my phone':
      'The new phone shows no codes for your site, the old one is already gone. I need to get in before {weekday}.',
    '{person} cannot see the project any more':
      'Until yesterday {person} worked in our project, today it is not in the list. Nobody here has changed anything.',
    '{company}: nobody can sign in':
      'Everybody at {company} is sent back to the start with "{loginError}" since {clock}. Who is still signed in can work.',
    'Two-factor code is refused, clock is right':
      'The code is refused each time. The clock of the phone is set by the network, and the same app works for other sites.',
    'Session ends after {some} minutes although "stay signed in" is ticked':
      'I have to sign in again every {some} minutes. If I am typing just then, the text is gone.',
    'Invited users get "{loginError}"':
      'We invited {some} people, all of them get "{loginError}" when they follow the link. A second invitation makes no difference.',
  },
  details: [
    'Browser: {browser} on {system}. A private window makes no difference, neither does another network.',
    'The account is {email}. Please do not reset it before you have looked, we had that last time.',
    'It began after the update to {version}, or at least nobody noticed it before.',
    'Our identity provider shows the login as successful, with the trace {trace}.',
  ],
  tails: [
    ' ({browser} only)',
    ' since {clock}',
    ' since the update to {version}',
    ', {some} people affected',
  ],
}

export const MONEY: Topic = {
  matters: {
    'Payment of {amount} taken twice':
      'Order {order} was charged twice, {amount} each. The customer sent us the statement and wants the money back today.',
    'Invoice {invoice} shows the wrong VAT':
      'On invoice {invoice} for {company} the tax is last year’s. The total should be {amount}.',
    'Card refused at checkout, bank sees no attempt':
      'At the last step the page says that the card was refused. The bank says that nobody asked it.',
    'Refund for order {order} not received after {some} days':
      'The refund of {amount} was confirmed {some} days ago. {person} has called three times since.',
    '{company} was billed for {many} seats instead of {some}':
      '{company} has {some} seats and always had. The invoice {invoice} names {many}, and their accounts department has already paid it.',
    'Discount code is accepted but not deducted':
      'The code is shown as valid, the total stays at {amount}. Whoever does not look closely pays the full price.',
    'Order {order} confirmed, but never arrived in {service}':
      'The customer has the confirmation of order {order}, {service} has never heard of it. So nothing will be sent.',
    'Cannot download invoice {invoice}':
      'The link to invoice {invoice} opens an empty page. We need the file for the audit on {weekday}.',
  },
  details: [
    'The payment provider shows both sides, {few} seconds apart, with the reference {trace}.',
    'It happened to {some} customers since {clock}; all paid by {payment}.',
    'The customer is {person} at {company}, long with us and rather patient so far.',
    'Looked up in {service} and {otherService}: they do not agree. A message may have been lost on the way.',
  ],
  tails: [', {company} is waiting', ', second case today', ' since {weekday}'],
}
