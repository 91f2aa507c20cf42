/** Its own script and style, this API, and pictures from where they lie. */
export const policyOf = (pictures: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    `img-src 'self' data: ${pictures}`,
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

/** `prefix` is one of ours, `tag` that of the script. */
export const consolePage = (prefix: string, tag: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Plenary console</title>
<link rel="icon" type="image/svg+xml" href="${prefix}/reference/icon.svg">
<link rel="stylesheet" href="${prefix}/console/console.css">
</head>
<body>
<div id="console"></div>
<noscript>The console needs a script. The API is described at <a href="${prefix}/">the reference</a>.</noscript>
<script type="module" src="${prefix}/console/console-${tag}.js"></script>
</body>
</html>
`

/** Light and dark by the machine's setting, one column on a phone. */
export const style = `:root{color-scheme:light dark;--paper:#faf8f4;--card:#fff;--ink:#1d1b19;--soft:#625d56;--line:#e0d9cd;--accent:#8a2f1d;--good:#0b6b4f;--shade:0 1px 2px #0000000d,0 6px 20px -12px #00000026}
@media(prefers-color-scheme:dark){:root{--paper:#151413;--card:#1f1d1b;--ink:#f2eee7;--soft:#b0a99e;--line:#37332f;--accent:#ffae96;--good:#6fd6b1;--shade:none}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 ui-sans-serif,system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
a{color:inherit}:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:.4rem}main:focus{outline:none}
.skip{position:absolute;left:-99rem;top:.5rem}.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.5rem 1rem;z-index:9}
.bar{display:flex;flex-wrap:wrap;gap:.5rem 1.25rem;align-items:center;padding:.6rem clamp(1rem,3vw,2rem);background:var(--card);border-bottom:1px solid var(--line);position:sticky;top:0;z-index:2}
.bar>b{color:var(--accent);font:700 1.2rem Georgia,serif}nav{display:flex;gap:.25rem;overflow-x:auto;flex:1 1 20rem}
nav a{padding:.35rem .75rem;border-radius:2rem;text-decoration:none;white-space:nowrap;color:var(--soft)}nav a:hover{background:var(--line);color:var(--ink)}nav a[aria-current]{background:var(--ink);color:var(--paper)}
main{max-width:90rem;margin:0 auto;padding:1.5rem clamp(1rem,3vw,2rem) 4rem}.door{max-width:28rem;padding-top:15vh}
h1,h2{font-family:"Iowan Old Style","Palatino Linotype",Palatino,Georgia,serif;font-weight:600;line-height:1.15;overflow-wrap:anywhere}h1{font-size:clamp(1.7rem,4vw,2.6rem);margin:0 0 1rem}h2{font-size:1.35rem;margin:2rem 0 .75rem}
.soft{color:var(--soft)}.warn{color:var(--accent)}.good{border-color:var(--good)}[role=alert]{color:var(--accent);font-weight:600}
.field{display:block;margin:0 0 1rem;font-weight:600;max-width:36rem}input,select,textarea{display:block;width:100%;margin-top:.3rem;font:inherit;color:inherit;background:var(--card);border:1px solid var(--soft);border-radius:.6rem;padding:.55rem .8rem}
button{font:inherit;font-weight:600;border:1px solid var(--ink);background:var(--card);color:var(--ink);border-radius:2rem;padding:.4rem 1rem;cursor:pointer;min-height:2.5rem}button[type=submit],button[aria-pressed=true]{background:var(--ink);color:var(--paper)}button:disabled{opacity:.45;cursor:default}
.row{border:0;padding:0;margin:0 0 1rem;display:flex;flex-wrap:wrap;gap:.5rem}.cards{list-style:none;padding:0;margin:1rem 0;display:grid;gap:.75rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr))}
.card{display:block;width:100%;text-align:start;background:var(--card);border:1px solid var(--line);border-radius:.8rem;padding:.75rem 1rem;text-decoration:none;box-shadow:var(--shade);font-weight:400;overflow-wrap:anywhere}a.card:hover,button.card:hover{border-color:var(--soft)}.card b,.card .soft,.card span{display:block}
.numbers{grid-template-columns:repeat(auto-fill,minmax(9rem,1fr))}.numbers b{font:600 2rem/1.2 Georgia,serif;font-variant-numeric:tabular-nums}
.person{display:flex;gap:.9rem;align-items:center}.person h1{margin:0}.face{width:3rem;height:3rem;border-radius:50%;object-fit:cover;background:var(--line);flex:none}video.camera{display:block;inline-size:100%;max-inline-size:26rem;margin-block:.8rem;border-radius:.6rem;background:#000}header .face{width:5rem;height:5rem}
.wide{overflow-x:auto;border:1px solid var(--line);border-radius:.8rem;background:var(--card)}table{border-collapse:collapse;width:100%}th,td{text-align:start;vertical-align:top;padding:.5rem .8rem;border-bottom:1px solid var(--line)}tr:last-child td{border-bottom:0}td:first-child{white-space:nowrap}th{font-size:.85rem;color:var(--soft);white-space:nowrap}
.session{min-width:11rem;border-inline-start:.35rem solid var(--c);margin-bottom:.4rem}.session strong{display:block;font-size:.85rem}.off b{text-decoration:line-through}
dl{display:grid;grid-template-columns:minmax(8rem,auto) 1fr;gap:.4rem 1rem}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.curve{width:100%;height:11rem;color:var(--accent);background:var(--card);border:1px solid var(--line);border-radius:.8rem;stroke-width:2}
@media(max-width:40rem){.bar{position:static}.bar>b{flex:1}nav{order:9;flex:1 1 100%}dl{grid-template-columns:1fr}dd{margin-bottom:.5rem}}
`
