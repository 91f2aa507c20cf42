import { createHash } from 'node:crypto'

/** How the pages look: light, dark, narrow and on paper. */
export const style = `:root{color-scheme:light dark;--paper:#faf8f4;--card:#fff;--ink:#1d1b19;--soft:#625d56;--line:#e5dfd5;--accent:#8a2f1d;--now:#0b6b4f;--shade:0 1px 2px #0000000d,0 6px 20px -12px #00000026}
@media(prefers-color-scheme:dark){:root{--paper:#151413;--card:#1f1d1b;--ink:#f2eee7;--soft:#b0a99e;--line:#37332f;--accent:#ffae96;--now:#6fd6b1;--shade:none}}
*{box-sizing:border-box}html{scroll-padding-top:5rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 ui-sans-serif,system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
a{color:inherit}a:focus-visible,button:focus-visible,input:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:.4rem}
.skip{position:absolute;inset-inline-start:-99rem}.skip:focus{inset-inline-start:1rem;top:1rem;background:var(--card);padding:.5rem 1rem;z-index:9}
.in{max-width:72rem;margin:0 auto;padding:0 clamp(1rem,4vw,2.5rem)}
.head{padding-top:clamp(2rem,6vw,4.5rem);padding-bottom:1.25rem}
h1,h2,.time,.big{font-family:"Iowan Old Style","Palatino Linotype",Palatino,"Book Antiqua",Georgia,serif;font-weight:600;letter-spacing:-.015em}
h1{font-size:clamp(2rem,6vw,3.75rem);line-height:1.06;margin:0 0 .75rem;text-wrap:balance;overflow-wrap:anywhere}
.over{color:var(--accent);font-weight:650;margin:0 0 .75rem}
.lead{max-width:44rem;margin:0;color:var(--soft);font-size:1.1rem;white-space:pre-line}
.bar{position:sticky;top:0;z-index:2;background:var(--paper);border-bottom:1px solid var(--line)}
.bar .in{display:flex;flex-wrap:wrap;gap:.5rem 1.25rem;align-items:center;padding-top:.6rem;padding-bottom:.6rem}
.days{display:flex;gap:.25rem;overflow-x:auto;flex:1 1 auto}
.days a{padding:.4rem .8rem;border-radius:2rem;text-decoration:none;white-space:nowrap;color:var(--soft);font-weight:550}
.days a:hover{background:var(--line)}.days a[aria-current]{background:var(--ink);color:var(--paper)}
form{display:flex;gap:.4rem;flex:0 1 24rem;min-width:min(100%,16rem)}
input{flex:1;min-width:0;font:inherit;color:inherit;background:var(--card);border:1px solid var(--soft);border-radius:2rem;padding:.4rem 1rem}
button,.button{font:inherit;font-weight:600;border:1px solid var(--ink);background:var(--ink);color:var(--paper);border-radius:2rem;padding:.4rem 1rem;cursor:pointer;text-decoration:none;display:inline-block}
.tools{display:flex;flex-wrap:wrap;gap:.4rem 1.25rem;margin:1rem 0 0;padding:0;list-style:none;font-size:.92rem;color:var(--soft)}
.tracks{display:flex;flex-wrap:wrap;gap:.4rem;margin:1rem 0 0;padding:0;list-style:none;font-size:.88rem}
.tracks a,.track{display:inline-flex;align-items:center;gap:.45rem;text-decoration:none}
.tracks a{border:1px solid var(--line);background:var(--card);border-radius:2rem;padding:.2rem .75rem}
.tracks a:hover{border-color:var(--soft)}.tracks a[aria-current]{border-color:var(--ink);box-shadow:inset 0 0 0 1px var(--ink)}
.tracks a::before,.track::before{content:"";width:.65rem;height:.65rem;border-radius:50%;background:var(--c,var(--soft));box-shadow:0 0 0 1px #8886;flex:none}
h2{font-size:1.7rem;margin:2.5rem 0 1rem;line-height:1.2}
.slot{display:grid;grid-template-columns:6.5rem 1fr;gap:1rem;padding:1rem 0;border-top:1px solid var(--line)}
.time{font-size:1.35rem;line-height:1.3;font-variant-numeric:tabular-nums}.time small{display:block;font:500 .8rem/1.3 ui-sans-serif,system-ui,sans-serif;letter-spacing:0;color:var(--soft)}
.cards{display:grid;gap:.75rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr))}
.s{position:relative;background:var(--card);border-radius:.75rem;padding:.9rem 1rem .9rem 1.2rem;box-shadow:var(--shade);border:1px solid var(--line);overflow:hidden;overflow-wrap:anywhere}
.s::before{content:"";position:absolute;inset-block:0;inset-inline-start:0;width:.35rem;background:var(--c,var(--line))}
.s h3{font-size:1.06rem;line-height:1.3;margin:0 0 .2rem}.s h3 a{text-decoration:none}.s h3 a::after{content:"";position:absolute;inset:0}
.s:hover h3 a{text-decoration:underline;text-underline-offset:.2em}
.s p{margin:.2rem 0 0;font-size:.92rem}.soft{color:var(--soft)}
.faces{display:flex;align-items:center;gap:.5rem;margin-top:.6rem!important}
.faces img{width:2rem;height:2rem;border-radius:50%;object-fit:cover;background:var(--line);flex:none}
.faces img+img{margin-inline-start:-1rem;box-shadow:0 0 0 2px var(--card)}
.off h3,.off.big{text-decoration:line-through;text-decoration-thickness:1px}.tag{font-weight:700;color:var(--accent)}
.now{border-color:var(--now);box-shadow:0 0 0 1px var(--now)}.live{color:var(--now);font-weight:700}
.one{max-width:46rem}.facts{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:0 0 1.5rem;padding:0;list-style:none}
.text{font-size:1.08rem;line-height:1.65;overflow-wrap:anywhere}.text img{max-width:100%}.text table{border-collapse:collapse}.text td,.text th{border:1px solid var(--line);padding:.3rem .6rem}
.people{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr));padding:0;list-style:none}
.people li{display:flex;gap:1rem;align-items:center}.people img,.blank{width:4.5rem;height:4.5rem;border-radius:50%;object-fit:cover;background:var(--line);flex:none}
.blank{display:grid;place-items:center;font-size:1.4rem;color:var(--soft)}.people b{display:block}
.foot{padding-top:4rem;padding-bottom:2rem;color:var(--soft);font-size:.9rem}[hidden]{display:none!important}
@media(max-width:40rem){.slot{grid-template-columns:1fr;gap:.6rem}.time small{display:inline;margin-inline-start:.5rem}form{flex:1 1 100%}.bar{position:static}}
@media print{:root{--paper:#fff;--card:#fff;--ink:#000;--soft:#333;--shade:none}.bar,.tools,.tracks,.foot,.skip{display:none}.s,.slot{break-inside:avoid}h2{break-after:avoid}.slot{padding:.4rem 0}.s{padding:.4rem .8rem .4rem 1rem}body{font-size:10pt}.faces img{display:none}}`

/** Better with it, whole without: what is on now, the visitor's own time, search while typing. */
export const script = `(()=>{const d=document,b=d.body.dataset,own=Intl.DateTimeFormat().resolvedOptions().timeZone,
f=new Intl.DateTimeFormat(d.documentElement.lang,{hour:'2-digit',minute:'2-digit',weekday:'short'});
const all=[...d.querySelectorAll('[data-at]')].map(e=>[e,...e.dataset.at.split(' ').map(n=>n*6e4)]);
const o=z=>new Date().toLocaleString('en',{timeZone:z,timeStyle:'short',dateStyle:'short'});
if(own&&o(own)!==o(b.zone))for(const t of d.querySelectorAll('[data-own]')){t.textContent=f.format(t.dataset.own*6e4)+' '+b.yours;t.hidden=false}
const tick=()=>{const n=Date.now();for(const[e,s,u]of all){const on=n>=s&&n<u&&!e.classList.contains('off');e.classList.toggle('now',on);let l=e.querySelector('.live');if(on&&!l){l=d.createElement('b');l.className='live';l.textContent=b.now;e.prepend(l)}if(l)l.hidden=!on}};tick();setInterval(tick,3e4);
const q=d.querySelector('input[name=q]'),none=d.getElementById('none'),flat=t=>t.normalize('NFD').replace(/\\p{M}/gu,'').toLowerCase();
if(q&&all.length){const had=q.value,cards=all.map(([e])=>[e,flat(e.textContent)]);q.addEventListener('input',()=>{const w=flat(q.value===had?'':q.value).split(/\\s+/);let any=false;for(const[e,t]of cards){const ok=w.every(x=>t.includes(x));e.hidden=!ok;any=any||ok}
for(const g of d.querySelectorAll('.slot,.day'))g.hidden=!g.querySelector('.s:not([hidden])');if(none)none.hidden=any})}})()`

const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`
const scriptHash = hashOf(script)

/** Only this page's own style and script; pictures from where they lie; nothing is sent anywhere but to the search. */
export const policyOf = (styles: string, pictures: string): string =>
  [
    "default-src 'none'",
    `style-src ${hashOf(styles)}`,
    `script-src ${scriptHash}`,
    `img-src data: ${pictures}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
