/** A reason to stop that whoever typed the command can act on. */
export const operatorError = (message: string): Error =>
  Object.assign(new Error(message), { name: 'OperatorError' })

/** Runs a command; whatever goes wrong is one sentence and exit code 1. PLENARY_DEBUG=1 shows the rest. */
export async function command(run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    console.error(sentence(error))
    if (process.env.PLENARY_DEBUG) console.error(error)
    process.exitCode = 1
  }
}

/** What a failure of AWS, of the network or of the arguments means for whoever typed the command. */
function sentence(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  if (name === 'OperatorError') return message
  const known = meanings.find(([pattern]) => pattern.test(`${name} ${message}`))
  if (known) return known[1](message.split('\n', 1)[0] ?? '')
  return `It did not work: ${message.split('\n', 1)[0]} (PLENARY_DEBUG=1 shows more).`
}

const meanings: [RegExp, (message: string) => string][] = [
  [
    /^CredentialsProviderError|Could not load credentials/,
    (message) =>
      /sso/i.test(message)
        ? `The SSO session has ended: run aws sso login (${message}).`
        : process.env.AWS_PROFILE
          ? `The profile ${process.env.AWS_PROFILE} gives no credentials: ${message}.`
          : 'No AWS credentials were found: set AWS_PROFILE or --profile, or sign in (aws sso login).',
  ],
  [
    /^(ExpiredToken|ExpiredTokenException|TokenRefreshRequired|TokenProviderError)/,
    () => 'The AWS credentials have ended: sign in again.',
  ],
  [
    /Region is missing/,
    () => 'No AWS region is set: give --region, set AWS_REGION, or write one into the profile.',
  ],
  [
    /^(InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidAccessKeyId)/,
    () => 'AWS does not know these credentials.',
  ],
  [
    /^(AccessDenied|AccessDeniedException)/,
    (message) => `These credentials may not do that: ${message}.`,
  ],
  [/^ResourceNotFoundException/, () => 'There is no such table in this account and region.'],
  [
    /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|TimeoutError|socket hang up/,
    (message) => `AWS was not reached: ${message}.`,
  ],
  [
    /^TypeError.*parseArgs|^ERR_PARSE_ARGS|Unknown option|argument missing/,
    (message) => `${message.split('. ', 1)[0]}.`,
  ],
]
