import type { SignIn } from './sign-in.ts'

/** What holds for all events of an organisation; one that was never set has `vr` 0. */
export type Organisation = {
  id: string
  /** Origins from which browsers' apps may read and write, beside those that an event names. */
  allowedOrigins: string[]
  /** Whose sign-ins let attendees into events that name no issuer of their own. */
  signIn: SignIn | null
  vr: number
}

export type OrganisationFields = Pick<Organisation, 'allowedOrigins' | 'signIn'>
