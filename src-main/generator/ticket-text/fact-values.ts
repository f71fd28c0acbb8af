/** Names and phrases that the facts of a ticket are drawn from. */
export const SERVICES = [
  'checkout-api',
  'billing-worker',
  'identity-service',
  'search-gateway',
  'mail-relay',
  'order-service',
  'inventory-sync',
  'notification-hub',
  'report-builder',
  'media-store',
  'pricing-engine',
  'session-cache',
  'audit-log',
  'webhook-sender',
  'partner-gateway',
  'import-pipeline',
  'customer-portal',
  'shipping-adapter',
  'feature-flags',
  'scheduler',
] as const

export const ERRORS = [
  'upstream connect error or disconnect before headers',
  'connection reset by peer',
  'context deadline exceeded',
  'deadlock detected',
  'too many open files',
  'x509: certificate has expired',
  'no space left on device',
  'TypeError: Cannot read properties of undefined',
  'NullPointerException in OrderMapper',
  'OutOfMemoryError: Java heap space',
  'duplicate key value violates unique constraint',
  'ECONNREFUSED',
  'Invalid JSON at position 0',
  'consumer group is rebalancing',
  'SSL handshake failed',
  'lock wait time-out exceeded',
] as const

export const LOGIN_ERRORS = [
  'Your session has expired',
  'Invalid state parameter',
  'This account is disabled',
  'You do not have access to this site',
  'Something went wrong, try again later',
  'The link has already been used',
] as const

export const PAGES = [
  'order overview',
  'customer list',
  'settings page',
  'monthly report',
  'dashboard',
  'ticket form',
  'price list',
  'calendar',
  'approval queue',
  'user directory',
] as const

export const BUTTONS = ['Save', 'Export', 'Send invitation', 'Approve', 'Add line', 'Refresh'] as const
export const FIELDS = [
  'Reference',
  'Delivery note',
  'Cost centre',
  'Contact',
  'Description',
  'Due date',
] as const
export const BROWSERS = ['Chrome 151', 'Firefox 154', 'Safari 26', 'Edge 151'] as const
export const SYSTEMS = ['Windows 11', 'macOS 26', 'Ubuntu 26.04', 'an iPad', 'Android 17'] as const
export const REGIONS = ['eu-west', 'eu-central', 'us-east', 'us-west', 'ap-south', 'ap-northeast'] as const
export const ENVIRONMENTS = ['production', 'staging', 'pre-production'] as const
export const STATUSES = ['500', '502', '503', '504', '429', '409', '401'] as const
export const PAYMENTS = ['card', 'direct debit', 'invoice', 'bank transfer', 'wallet'] as const
export const WEEKDAYS = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const

export const QUOTES = [
  'This is the third time this month',
  'We have a queue of people at the counter',
  'It worked before your update',
  'I have tried everything on your help page',
  'Please call me, this cannot wait until tomorrow',
  'Is anybody looking at this?',
  'No hurry, but it would be good to know',
  'Our accountant is not amused',
] as const
