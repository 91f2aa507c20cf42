const blank = /[\t\n\r ]*/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON takes all but these
const text = /"(?:[^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-f]{4})*"/iy
const plain = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const tokens = { value: [text, plain], key: [text] }

/** Where a text stops being JSON (RFC 8259), counted in UTF-16 units; its length when it only ends too early. */
export function brokenAt(json: string): number {
  const open: string[] = []
  let wanted = 'value'
  let at = 0
  for (;;) {
    at = after(blank, json, at) ?? at
    const step = stepAt(json, at, wanted, open)
    if (step === undefined) return at
    at = step.at
    wanted = step.wanted
    if (wanted === 'after' && open.length === 0) return after(blank, json, at) ?? at
  }
}

type Step = { at: number; wanted: string }

function stepAt(json: string, at: number, wanted: string, open: string[]): Step | undefined {
  const sign = json[at] ?? ''
  if (wanted === ':') return sign === ':' ? { at: at + 1, wanted: 'value' } : undefined
  if (wanted === 'after' || wanted.startsWith('first')) {
    if (sign !== '' && sign === open.at(-1)) {
      open.pop()
      return { at: at + 1, wanted: 'after' }
    }
    const next = open.at(-1) === '}' ? 'key' : 'value'
    if (wanted === 'after') return sign === ',' ? { at: at + 1, wanted: next } : undefined
    return stepAt(json, at, next, open)
  }
  if (wanted === 'value' && (sign === '{' || sign === '[')) {
    open.push(sign === '{' ? '}' : ']')
    return { at: at + 1, wanted: 'first' }
  }
  return tokenAt(json, at, wanted === 'key' ? 'key' : 'value')
}

function tokenAt(json: string, at: number, wanted: 'key' | 'value'): Step | undefined {
  for (const token of tokens[wanted]) {
    const end = after(token, json, at)
    if (end !== undefined) return { at: end, wanted: wanted === 'key' ? ':' : 'after' }
  }
  return undefined
}

function after(pattern: RegExp, json: string, at: number): number | undefined {
  pattern.lastIndex = at
  return pattern.test(json) ? pattern.lastIndex : undefined
}

/** What is wrong with a text that is no JSON, and where, as editors count lines and columns. */
export function jsonProblem(json: string): string {
  const at = brokenAt(json)
  if (at >= json.length) return 'The body is not well-formed JSON: it ends too early.'
  const before = json.slice(0, at).split('\n')
  const column = (before.at(-1)?.length ?? 0) + 1
  return `The body is not well-formed JSON at line ${before.length}, column ${column}.`
}
