/** What a command says in place of doing its work: one sentence for people. */
export class Refusal extends Error {}

/** Prints what went wrong, without a stack where somebody can do something about it, and ends the command. */
export function fail(error: unknown): void {
  process.exitCode = 1
  process.stderr.write(`${sentenceOf(error)}\n`)
}

function sentenceOf(error: unknown): string {
  if (error instanceof Refusal) return error.message
  if (isAnswer(error))
    return `${error.code}: ${error.message}${error.fields && ` (${error.fields})`}`
  const { code, message, stack, cause } = error as NodeJS.ErrnoException
  if (/^ERR_PARSE_ARGS/.test(code ?? '')) return message
  if (code?.startsWith('CSV_')) return `The file is no CSV: ${message}.`
  if (code === 'ENOENT') return 'There is no such file.'
  if (message === 'fetch failed') return `The server was not reached: ${(cause as Error)?.message}.`
  return stack ?? String(error)
}

/** The body of an error of the API. */
const isAnswer = (error: unknown): error is { code: number; message: string; fields: string } =>
  typeof error === 'object' && error !== null && 'code' in error && 'request_id' in error
