/** A page beside the reference: its title, and what stands in it as HTML with addresses below `reference/`. */
export type GuidePage = { title: string; html: string }

/** The guides in the order in which somebody needs them. */
export const guideNames = {
  authentication: 'Authentication',
  errors: 'Errors',
  retries: 'Safe retries',
  paging: 'Paging',
  ids: 'Ids of other systems',
  bulk: 'Many at once',
  feed: 'The feed of changes',
  limits: 'Limits',
}

/** Nothing runs on these pages, and they ask nobody. */
export const guideHeaders = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cache-control': 'public, max-age=300',
}

/** Links to all guides. */
export const guideLinks = (prefix: string, current = ''): string =>
  Object.entries(guideNames)
    .map(([name, title]) => {
      const is = name === current ? ' aria-current="page"' : ''
      return `<li><a href="${prefix}/reference/guides/${name}"${is}>${title}</a></li>`
    })
    .join('')

/** A guide, or the page of an error. `prefix` is one of ours; addresses in the page are made its own. */
export const guidePage = (
  { title, html }: GuidePage,
  { prefix, version, name }: { prefix: string; version: string; name: string },
): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Plenary API</title>
<link rel="icon" type="image/svg+xml" href="${prefix}/reference/icon.svg?v=${version}">
<link rel="stylesheet" href="${prefix}/reference/guide.css?v=${version}">
</head>
<body>
<nav aria-label="Guides"><a class="home" href="${prefix}/">Reference</a><ul>${guideLinks(prefix, name)}</ul></nav>
<main>
${scrollable(html.replaceAll(/href="((?:guides|errors)\/)/g, `href="${prefix}/reference/$1`).replaceAll('href="../', `href="${prefix}/`))}
</main>
</body>
</html>
`

/** What is wider than a phone scrolls by itself, also by keyboard. */
const scrollable = (html: string): string =>
  html
    .replaceAll('<pre>', '<pre tabindex="0">')
    .replaceAll('<table>', '<div class="wide" tabindex="0"><table>')
    .replaceAll('</table>', '</table></div>')

export const guideStyle = `:root { color-scheme: light dark; --paper: #fffdfa; --ink: #1d1b19; --soft: #57524b; --line: #e5dfd5;
  --warm: #8a2f1d; --shade: #f7f3ec }
@media (prefers-color-scheme: dark) { :root { --paper: #151413; --ink: #f2eee7; --soft: #b9b1a6; --line: #37332f;
  --warm: #ffae96; --shade: #1f1d1b } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.6 ui-sans-serif, system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif }
a { color: var(--warm) }
nav { border-block-end: 1px solid var(--line); padding: 1rem clamp(1rem, 5vw, 4rem); display: flex; flex-wrap: wrap; gap: .4rem 1.4rem;
  align-items: baseline }
nav .home { font-weight: 700; text-decoration: none }
nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; list-style: none; margin: 0; padding: 0 }
nav li a { color: var(--soft); text-decoration: none; padding-block: .3rem; display: inline-block }
nav li a[aria-current], nav li a:hover { color: var(--ink); text-decoration: underline; text-underline-offset: .3em }
main { max-width: 64rem; padding: 1.5rem clamp(1rem, 5vw, 4rem) 4rem }
h1 { font-size: 2rem; line-height: 1.2; margin-block: .5rem 1rem }
h2 { margin-block-start: 2rem }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .9em }
code { background: var(--shade); border-radius: .25rem; padding: .1em .3em; overflow-wrap: anywhere }
pre { background: var(--shade); border: 1px solid var(--line); border-radius: .6rem; padding: .9rem 1rem; overflow-x: auto }
pre code { background: none; padding: 0; overflow-wrap: normal }
.wide { overflow-x: auto }
table { border-collapse: collapse; min-width: 24rem }
th, td { text-align: start; padding: .4rem .9rem .4rem 0; border-block-end: 1px solid var(--line); vertical-align: top }
@media print { nav { display: none } }
`
