import type { Topic } from './topic.ts'

export const DATA_FLOWS: Topic = {
  matters: [
    [
      'Webhook to {company} delivered {few} times',
      '{company} received the same event {few} times within a minute, with different ids. They pay for each call, so this matters.',
    ],
    [
      'Import stops at row {many}',
      'The import of this morning stopped at row {many} and left the rest out. The report says that everything is fine.',
    ],
    [
      'Nightly job of {service} did not run',
      'The nightly job of {service} has not written anything since {weekday}. There is no error, and it ends with success.',
    ],
    [
      'Sync between {service} and {otherService} is {some} minutes behind',
      'What is changed in {service} reaches {otherService} only {some} minutes later, and the delay grows.',
    ],
    [
      'API returns {status} although the documentation says 200',
      'The call is written exactly as in your documentation and comes back with {status}. The answer has no body.',
    ],
    [
      'Rate limit reached at half of the documented {many} calls',
      'We are refused from about half of the documented {many} calls an hour. The header says that there are plenty left.',
    ],
    [
      'Backup of {service} is empty',
      'The backup of {service} has been {few} kB since {weekday}. Before that it was some hundred gigabytes.',
    ],
    [
      'Records of {company} appear twice',
      'After the import each record of {company} is there twice, with different numbers. Deleting one deletes both.',
    ],
    [
      'Field "{field}" is cut after 255 characters',
      'The API takes longer texts for "{field}" without complaint, but keeps 255 characters of them.',
    ],
  ],
  details: [
    'Request {trace} at {clock} UTC, from {ip}. The body was valid against your schema.',
    'It may have to do with "{field}", which was allowed to be empty until version {version}.',
    'Until it is repaired we copy the records by hand, about {some} an hour.',
    'The log ends with: {error}',
  ],
  tails: [
    ' since {clock}',
    ' after the release of {version}',
    ', {some} records affected',
    ' on {environment}',
  ],
}
