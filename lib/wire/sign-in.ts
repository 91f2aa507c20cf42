import * as v from 'valibot'
import { oidcOnLoopback } from '#lib/base/config.ts'
import { limits } from '#lib/base/limits.ts'
import { hostOf, loopback } from '#lib/base/outgoing/guarded-request.ts'
import { addressProblem } from './address-problem.ts'

const most = limits.signInLength.value
const short = v.maxLength<string, number, string>(most, `At most ${most} characters.`)

/** An issuer as its tokens spell it, to the letter (OpenID Connect Discovery 1.0): https, without query and fragment. */
export const issuer = v.pipe(
  v.string(),
  short,
  v.rawCheck(({ dataset, addIssue }) => {
    const message = dataset.typed ? issuerProblem(dataset.value) : undefined
    if (message !== undefined) addIssue({ message })
  }),
)

/** For whom the tokens are made: often the app's client id. */
export const audience = v.pipe(v.string(), v.minLength(1, 'Must not be empty.'), short)

function issuerProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:\/\/[^\s?#@\\]+$/.test(text)) {
    return 'Expected the address of an issuer, such as https://id.example.com, without query or fragment.'
  }
  const isOwn = oidcOnLoopback() && loopback(hostOf(url)) !== undefined
  if (url.protocol !== 'https:' && !isOwn) return 'Must be an https URL.'
  return addressProblem(url, isOwn)
}
