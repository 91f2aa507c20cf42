import { shown } from './shown.ts'

/** What `invalid_reference` says of an id, name or address in a body that nothing answers to. */
export const unknownReference = (kind: string, sent: string, field: string) => ({
  field,
  message: `There is no ${kind} “${shown(sent)}”${kind === 'event' ? '' : ' in this event'}.`,
})
