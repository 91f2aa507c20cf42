/**
 * Starts Scalar on our document: nothing of it asks another host, and a token is forgotten with the page.
 * https://scalar.com/products/api-references/configuration
 */
export const script = `// The policy forbids style as text, in attributes and in elements. What scripts set so, they now set as style.
const { setAttribute } = Element.prototype
Element.prototype.setAttribute = function (name, value) {
  if (name === 'style') this.style.cssText = value
  else setAttribute.call(this, name, value)
}
const html = Object.getOwnPropertyDescriptor(Element.prototype, 'innerHTML')
Object.defineProperty(Element.prototype, 'innerHTML', {
  ...html,
  set(text) {
    const tag = (one) => one.replace(/ style="/, ' data-style="')
    html.set.call(this, String(text ?? '').replace(/<[a-z][^<>]* style="[^<>]*>/gi, tag))
    for (const one of this.querySelectorAll('[data-style]')) one.style.cssText = one.dataset.style
  },
})
const sheets = new WeakMap()
function adopt(element, text) {
  const sheet = sheets.get(element) ?? new CSSStyleSheet()
  sheet.replaceSync(text)
  if (!sheets.has(element)) document.adoptedStyleSheets.push(sheet)
  sheets.set(element, sheet)
}
for (const name of ['textContent', 'innerHTML', 'innerText']) {
  Object.defineProperty(HTMLStyleElement.prototype, name, {
    configurable: true,
    get() { return '' },
    set(text) { adopt(this, text) },
  })
}
HTMLStyleElement.prototype.appendChild = function (node) {
  adopt(this, node.data)
  return node
}
const { createApiReference } = await import('./standalone.esm.js' + new URL(import.meta.url).search)
const place = document.getElementById('reference')
createApiReference(place, {
  url: place.dataset.document,
  theme: 'none',
  layout: 'modern',
  withDefaultFonts: false,
  telemetry: false,
  proxyUrl: '',
  persistAuth: false,
  authentication: { preferredSecurityScheme: 'bearer' },
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
  showOperationId: true,
  documentDownloadType: 'json',
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  featuredClients: ['shell/curl', 'js/fetch', 'python/requests'],
})
`

/** Colours of the house, light and dark; fonts of the machine. */
export const style = `body { margin: 0; background: var(--scalar-background-1, Canvas) }
#contents { position: absolute; inset: 0 0 auto; z-index: 1; padding: 2rem clamp(1rem, 5vw, 4rem); background: #fffdfa;
  color: #1d1b19; font: 1rem/1.5 var(--scalar-font) }
#contents li { margin: .4rem 0; overflow-wrap: anywhere }
#contents .guides { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem }
#contents a { color: #8a2f1d }
#contents ul { list-style: none; padding: 0 }
#contents code { font-family: var(--scalar-font-code); font-size: .9em }
#contents code b { display: inline-block; min-width: 4.5em; color: #8a2f1d }
#contents p { margin: .1rem 0; color: #57524b }
@media (prefers-color-scheme: dark) {
  #contents { background: #151413; color: #f2eee7 }
  #contents code b, #contents a { color: #ffae96 }
  #contents p { color: #b9b1a6 }
}
#reference:has(h1) ~ #contents { display: none }
html:root { --scalar-font: ui-sans-serif, system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --scalar-font-code: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace }
body.light-mode { --scalar-color-accent: #8a2f1d; --scalar-background-1: #fffdfa; --scalar-background-2: #f7f3ec;
  --scalar-background-3: #eee8de; --scalar-color-1: #1d1b19; --scalar-color-2: #57524b; --scalar-color-3: #6b655d;
  --scalar-border-color: #e5dfd5 }
body.dark-mode { --scalar-color-accent: #ffae96; --scalar-background-1: #151413; --scalar-background-2: #1f1d1b;
  --scalar-background-3: #2b2825; --scalar-color-1: #f2eee7; --scalar-color-2: #b9b1a6; --scalar-color-3: #9d958a;
  --scalar-border-color: #37332f }
`

export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#8a2f1d"/><g fill="#fff"><circle cx="16" cy="9" r="3.5"/><circle cx="8.5" cy="17" r="3"/><circle cx="23.5" cy="17" r="3"/><path d="M10 26a6 6 0 0 1 12 0z"/></g></svg>
`
