import * as v from 'valibot'
import { oidcOnLoopback } from '#lib/base/config.ts'
import { limits } from '#lib/base/limits.ts'
import { hostOf, loopback } from '#lib/base/outgoing/host.ts'
import { addressProblem } from './address-problem.ts'

const most = limits.signInLength.value
const short = v.maxLength<string, number, string>(most, `At most ${most} characters.`)

/** As browsers send it: scheme, host in lower case, a port that is not the scheme's own. */
const origin = v.pipe(
  v.string(),
  v.maxLength(300, 'Too long.'),
  v.check(isOrigin, 'Expected an origin such as https://app.example.com, without a path.'),
)

/** Origins from which browsers' apps may read and write, each once. */
export const origins = v.pipe(
  v.array(origin),
  v.maxLength(limits.allowedOrigins.value, `At most ${limits.allowedOrigins.value} origins.`),
  v.transform((all) => [...new Set(all)]),
)

/** An issuer as its tokens spell it, to the letter (OpenID Connect Discovery 1.0): https, without query and fragment. */
const issuer = v.pipe(
  v.string(),
  short,
  v.rawCheck(({ dataset, addIssue }) => {
    const message = dataset.typed ? issuerProblem(dataset.value) : undefined
    if (message !== undefined) addIssue({ message })
  }),
)

/** For whom the tokens are made: often the app's client id. */
const audience = v.pipe(v.string(), v.minLength(1, 'Must not be empty.'), short)

/** Whose sign-ins let attendees in. */
export const signIn = v.strictObject({ issuer, audience })

function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text
}

function issuerProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:\/\/[^\s?#@\\]+$/.test(text)) {
    return 'Expected the address of an issuer, such as https://id.example.com, without query or fragment.'
  }
  return signInProblem(url)
}

/** Why nothing about sign-ins is asked of an address: neither of an issuer's, nor of the one where it says its keys are. */
export function signInProblem(url: URL): string | undefined {
  const isOwn = oidcOnLoopback() && loopback(hostOf(url)) !== undefined
  if (url.protocol !== 'https:' && !isOwn) return 'Must be an https URL.'
  return addressProblem(url, isOwn)
}
