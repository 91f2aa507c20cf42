import * as v from 'valibot'
import type { Organisation, OrganisationFields } from '#lib/model/organisation.ts'
import { origins, signIn } from './apps.ts'
import type { Presentation } from './presentation.ts'

/** What PUT takes, and PATCH after merging. */
export const OrganisationBody = v.strictObject({
  organisation_id: v.optional(v.string()),
  allowed_origins: v.nullish(origins),
  sign_in: v.nullish(signIn),
})
export type OrganisationBody = v.InferOutput<typeof OrganisationBody>

const text = v.string()
export const OrganisationAnswer = v.object({
  organisation_id: text,
  allowed_origins: v.array(text),
  sign_in: v.nullable(v.object({ issuer: text, audience: text })),
})

export const organisationFields = (body: OrganisationBody): OrganisationFields => ({
  allowedOrigins: body.allowed_origins ?? [],
  signIn: body.sign_in ?? null,
})

/** The organisation's own fields as a body spells them: what a merge patch is laid onto. */
export const organisationPatchTarget = ({ allowedOrigins, signIn }: Organisation) => ({
  allowed_origins: allowedOrigins,
  sign_in: signIn,
})

export const printOrganisation = (_view: Presentation, organisation: Organisation) => ({
  organisation_id: organisation.id,
  ...organisationPatchTarget(organisation),
})
