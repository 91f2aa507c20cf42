import { single, written } from '#lib/http/answer.ts'
import { type Route, route } from '#lib/http/route.ts'
import { checkOwnId } from '#lib/http/upsert-ids.ts'
import { getOrganisation } from '#lib/store/read/organisation.ts'
import { updateOrganisation } from '#lib/store/write/organisation.ts'
import {
  OrganisationAnswer,
  OrganisationBody,
  organisationFields,
  organisationPatchTarget,
  printOrganisation,
} from '#lib/wire/organisation.ts'

const path = '/organisation'
const tag = 'Events and tokens'
const right = 'organisation'
const example = {
  organisation: {
    allowed_origins: ['https://app.example.com'],
    sign_in: { issuer: 'https://id.example.com', audience: 'event-app' },
  },
}

/** What holds for all events of an organisation. */
export const organisationRoutes: Route[] = [
  route({
    id: 'getOrganisation',
    method: 'get',
    path,
    tag,
    summary: 'Read what holds for all events of the organisation',
    right,
    returns: OrganisationAnswer,
    handle: async (call) => single(call, printOrganisation, await getOrganisation(call.scope)),
  }),
  route({
    id: 'replaceOrganisation',
    method: 'put',
    path,
    tag,
    summary: 'Set what holds for all events of the organisation',
    right,
    body: { wrapper: 'organisation', schema: OrganisationBody },
    returns: OrganisationAnswer,
    errors: ['id_mismatch', 'precondition_failed'],
    example,
    handle: async (call) => {
      checkOwnId(call.body.organisation_id, [call.scope.org], 'organisation_id')
      return written(call, printOrganisation, (scope, precondition) =>
        updateOrganisation(scope, () => organisationFields(call.body), precondition),
      )
    },
  }),
  route({
    id: 'changeOrganisation',
    method: 'patch',
    path,
    tag,
    summary: 'Change some of what holds for all events of the organisation',
    right,
    body: { wrapper: 'organisation', schema: OrganisationBody, mode: 'patch' },
    returns: OrganisationAnswer,
    errors: ['id_mismatch', 'precondition_failed'],
    example: { organisation: { sign_in: null } },
    handle: async (call) =>
      written(call, printOrganisation, (scope, precondition) =>
        updateOrganisation(
          scope,
          (current) => {
            const body = call.body.onto(organisationPatchTarget(current))
            checkOwnId(body.organisation_id, [scope.org], 'organisation_id')
            return organisationFields(body)
          },
          precondition,
        ),
      ),
  }),
]
