import type { Topic } from './topic.ts'

export const MONEY: Topic = {
  matters: [
    [
      'Payment of {amount} taken twice',
      'Order {order} was charged twice, {amount} each. The customer sent us the statement and wants the money back today.',
    ],
    [
      'Invoice {invoice} shows the wrong VAT',
      'On invoice {invoice} for {company} the tax is last year’s. The total should be {amount}.',
    ],
    [
      'Card refused at checkout, bank sees no attempt',
      'At the last step the page says that the card was refused. The bank says that nobody asked it.',
    ],
    [
      'Refund for order {order} not received after {some} days',
      'The refund of {amount} was confirmed {some} days ago. {person} has called three times since.',
    ],
    [
      '{company} was billed for {many} seats instead of {some}',
      '{company} has {some} seats and always had. The invoice {invoice} names {many}, and their accounts department has already paid it.',
    ],
    [
      'Discount code is accepted but not deducted',
      'The code is shown as valid, the total stays at {amount}. Whoever does not look closely pays the full price.',
    ],
    [
      'Order {order} confirmed, but never arrived in {service}',
      'The customer has the confirmation of order {order}, {service} has never heard of it. So nothing will be sent.',
    ],
    [
      'Cannot download invoice {invoice}',
      'The link to invoice {invoice} opens an empty page. We need the file for the audit on {weekday}.',
    ],
  ],
  details: [
    'The payment provider shows both sides, {few} seconds apart, with the reference {trace}.',
    'It happened to {some} customers since {clock}; all paid by {payment}.',
    'The customer is {person} at {company}, long with us and rather patient so far.',
    'Looked up in {service} and {otherService}: they do not agree. A message may have been lost on the way.',
  ],
  tails: [', {company} is waiting', ', second case today', ' since {weekday}'],
}
