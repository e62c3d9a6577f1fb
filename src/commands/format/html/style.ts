/** The looks of a report: light and dark as the reader has it, and on paper. */
export const STYLE = `
:root{color-scheme:light dark;--picture:350px;--bg:#fff;--fg:#1b1f24;--soft:#57606a;--line:#d0d7de;--box:#f6f8fa;--high:#b3261e;--medium:#8a4b00;--low:#0b57d0;--note:#57606a;--ok:#1a7f37}
@media (prefers-color-scheme:dark){:root{--bg:#14171a;--fg:#e6e9ec;--soft:#a5adb5;--line:#3a4149;--box:#1e2227;--high:#ff8a80;--medium:#ffb95c;--low:#8ab4f8;--note:#a5adb5;--ok:#6fdd8b}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:72rem;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:.2rem 0}h2{font-size:1.2rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:0}section>h3{margin-top:1rem}
p{margin:.2rem 0}a{color:var(--low)}small,.soft{color:var(--soft)}code,pre{font:13px/1.45 ui-monospace,monospace}
pre{margin:.3rem 0;padding:.5rem .7rem;background:var(--bg);border:1px solid var(--line);border-radius:4px;white-space:pre-wrap;position:relative}
header dl{display:flex;flex-wrap:wrap;gap:.5rem;margin:1rem 0}header dl div{flex:1 1 8rem;padding:.5rem .8rem;border:1px solid var(--line);border-radius:6px;background:var(--box)}dt{color:var(--soft)}dd{margin:0;font-size:1.4rem;font-weight:600}
form{display:flex;flex-wrap:wrap;gap:.8rem;align-items:end;margin:1rem 0;padding:.6rem 0;position:sticky;top:0;background:var(--bg);border-bottom:1px solid var(--line);z-index:1}
label{display:block;color:var(--soft)}input,select,button{font:inherit;color:var(--fg);background:var(--bg);border:1px solid var(--soft);border-radius:4px;padding:.3rem .5rem;max-width:100%}
:focus-visible{outline:3px solid var(--low);outline-offset:2px}[hidden]{display:none!important}
article{display:grid;grid-template-columns:minmax(0,1fr) 22rem;gap:.3rem 1.5rem;padding:.8rem;margin:.6rem 0;border:1px solid var(--line);border-left:4px solid var(--ok);border-radius:6px;background:var(--box);break-inside:avoid}
body.large article{content-visibility:auto;contain-intrinsic-block-size:auto 9rem}
article.high{border-left-color:var(--high)}article.medium{border-left-color:var(--medium)}article.low{border-left-color:var(--low)}article.note{border-left-color:var(--note)}
article::before,article>svg{grid-column:2;width:var(--picture)}article>svg{height:auto}article>div{grid-row:1/span 2;min-width:0}
article{grid-template-rows:auto 1fr}article::before{content:"\\9\\9 declared\\9 allowed\\9 reachable\\9 listening";content:"\\9\\9 declared\\9 allowed\\9 reachable\\9 listening"/"";white-space:pre;tab-size:calc(var(--picture)*.1857);position:relative;left:calc(var(--picture)*-.069);color:var(--soft);font-size:calc(var(--picture)*.0314)}
ul{margin:.4rem 0;padding-left:1.1rem}li{margin:.25rem 0}summary{cursor:pointer;color:var(--low)}
b.high{color:var(--high)}b.medium{color:var(--medium)}b.low{color:var(--low)}b.note{color:var(--note)}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .6rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:middle}td svg{display:block;width:100%;min-width:6rem;height:12px}
text{font:12px system-ui,sans-serif;fill:var(--fg)}text.soft{fill:var(--soft);font-size:11px}
.bad{color:var(--high)}.good{color:var(--ok)}.closed{color:var(--medium)}.plain{color:var(--soft)}
rect.high{fill:var(--high)}rect.medium{fill:var(--medium)}rect.low{fill:var(--low)}rect.note{fill:var(--note)}rect.ok{fill:var(--ok)}
path{fill:none;stroke:currentcolor;stroke-width:11;stroke-linecap:round}.no{stroke-width:5;opacity:.55}.ring{stroke-width:1.2;opacity:.55}path.half{fill:currentcolor;stroke:none}
.copy{position:absolute;top:.3rem;right:.3rem;padding:0 .5rem;font-size:12px}
th{overflow-wrap:normal}
@media (max-width:48rem){:root{--picture:min(350px,calc(100vw - 3.6rem - 5px))}article{grid-template-columns:minmax(0,1fr)}article::before,article>svg,article>div{grid-column:1;grid-row:auto}article::before{order:1}article>svg{order:2}th:nth-child(n+3):nth-child(-n+6),td:nth-child(n+3):nth-child(-n+6){display:none}}
@media print{:root{--bg:#fff;--fg:#000;--soft:#444;--line:#999;--box:#fff;--high:#b3261e;--medium:#8a4b00;--low:#0b57d0;--note:#444;--ok:#1a7f37}form,.copy{display:none}body.large article{content-visibility:visible}details::details-content{content-visibility:visible;height:auto}body{max-width:none;font-size:11px}}
`;
