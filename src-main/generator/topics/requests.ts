import type { Topic } from './topic.ts'

export const REQUESTS: Topic = {
  matters: [
    [
      'Please add {person} as an administrator',
      '{person} takes over our account at {company} and needs the rights of an administrator from {weekday} on.',
    ],
    [
      'Export of all tickets of {company}',
      '{company} wants all of its tickets as a file, closed ones too. The export stops at {many} rows; is there another way?',
    ],
    [
      'Certificate of {host} expires in {few} days',
      'Monitoring warns that the certificate of {host} runs out in {few} days. It should have been renewed by itself.',
    ],
    [
      'Disk of {host} is nearly full',
      '{host} has {few} GB left and fills by one a day. Most of it is old logs of {service}.',
    ],
    [
      'Move {company} to the region {region}',
      'By contract the data of {company} has to be in {region} from next month. {person} asks when it can be moved.',
    ],
    [
      'Raise the quota of {company} to {many} calls',
      '{company} expects more traffic from {weekday} on and asks for {many} calls an hour.',
    ],
    [
      'Show "{field}" in the list on the {page}',
      'Many of us open each entry only to read "{field}". A column on the {page} would save us the clicks.',
    ],
    [
      'Delete the data of {person}, as asked by mail',
      '{person} has asked for the deletion of all personal data. The legal term ends on {weekday}.',
    ],
    [
      'Phishing mail in our name sent to {company}',
      '{company} received a mail that looks like ours and asks for passwords. It links to an address that is not ours.',
    ],
    [
      'Password of {service} found in a public repository',
      'A scanner found a password of {service} in a public repository. It is not known yet whether it is still valid.',
    ],
  ],
  details: [
    'Approved by {person}. The change window is {weekday}, {clock} to midnight UTC.',
    'Last year we did the same for another customer; the notes are in the wiki under "{service}".',
    'If it cannot be done this week, please say so, then we tell the customer.',
    'Contact for questions: {email}.',
  ],
  tails: [', before {weekday}', ' (second request)', ', please today'],
}
