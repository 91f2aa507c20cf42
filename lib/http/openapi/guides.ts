import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { codeOf, type ErrorName, errorNames, messageOf, statusOf } from '#lib/base/errors.ts'
import type { Route } from '#lib/http/route.ts'
import { errorsOf } from './errors.ts'
import type { GuidePage } from './guide-page.ts'
import { remedyOf } from './remedies.ts'
import { limitTable } from './text.ts'

const folder = 'docs/guides'

/**
 * Every guide of docs/guides and a page for every error, by their addresses below `reference/`. Made with the bundle,
 * and here at their first use.
 */
export function guidePages(routes: Route[]): Record<string, GuidePage> {
  const guides = readdirSync(folder).map((file) => {
    const text = readFileSync(join(folder, file), 'utf8')
    return [`guides/${file.replace(/\.md$/, '')}`, pageOf(withTables(linked(text)))] as const
  })
  const errors = errorNames.map(
    (name) => [`errors/${codeOf(name)}`, pageOf(errorText(name, routes))] as const,
  )
  return Object.fromEntries([...guides, ...errors])
}

function pageOf(markdown: string): GuidePage {
  const [, title = ''] = /^# (.*)$/m.exec(markdown) ?? []
  return { title, html: micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()] }) }
}

const codes = new Map(errorNames.map((name) => [String(codeOf(name)), name]))

/** Links as the page has them: to other guides, and from codes in its text to what they mean. */
const linked = (text: string): string =>
  text
    .replaceAll(/\]\(([a-z]+)\.md\)/g, '](guides/$1)')
    .replaceAll(/(?<=^What can go wrong:.*)\b\d{7}\b/gms, (code) => {
      const name = codes.get(code)
      if (name === undefined) throw new Error(`a guide names the error ${code}, which there is not`)
      return linkTo(name)
    })

const withTables = (text: string): string =>
  text.replace('<!-- limits -->', limitTable()) + (text.startsWith('# Errors') ? errorTable() : '')

const errorTable = (): string => `
| code | status | message |
|---|---|---|
${errorNames
  .map((name) => `| ${linkTo(name)} | ${statusOf(name)} | ${messageOf(name)} |`)
  .join('\n')}
`

const linkTo = (name: ErrorName): string => `[${codeOf(name)}](errors/${codeOf(name)})`

function errorText(name: ErrorName, routes: Route[]): string {
  const answering = routes.filter((route) => errorsOf(route).includes(name))
  const isEverywhere = answering.length > routes.length / 2
  const list = answering
    .map(({ method, path }) => `- \`${method.toUpperCase()} ${path}\``)
    .toSorted()
    .join('\n')
  return `# ${codeOf(name)}

**${messageOf(name)}**

| status | name |
|---|---|
| ${statusOf(name)} | \`${name}\` |

## What to do

${remedyOf(name)}

## Who answers it

${isEverywhere ? `Most requests: ${answering.length} of ${routes.length}.` : list || 'No request by itself: it stands in the reports of batches.'}

All of them: [errors](guides/errors).
`
}
