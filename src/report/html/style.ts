/** The whole style of the page. Colours repeat what words and marks say; every pair of them is AA in both schemes. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f4f5f7; --paper: #fff; --ink: #1b2430; --quiet: #505c6b; --line: #d8dde4; --link: #0b57a4;
  --good: #0b6438; --good-tint: #e6f4eb; --bad: #a1121d; --bad-tint: #fdeaea;
  --partly: #774a00; --partly-tint: #fdf2dc; --unknown: #2c4a80; --unknown-tint: #e9eff9;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1217; --paper: #161c24; --ink: #e5e9ef; --quiet: #a7b2c0; --line: #323b47; --link: #8cc1ff;
    --good: #7fe0a6; --good-tint: #12301f; --bad: #ffa1a1; --bad-tint: #3c171a;
    --partly: #f1c571; --partly-tint: #33280f; --unknown: #abc8ff; --unknown-tint: #18273f;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: break-word;
}
a { color: var(--link); text-underline-offset: .15em; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
main:focus { outline: none; }
:target { outline: 2px solid var(--link); outline-offset: 4px; }
code { font: .875em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
h1, h2, h3, h4, p, ul, ol, dl, dd, figure { margin: 0; }
h2 { font-size: 1.3rem; line-height: 1.3; margin-bottom: .75rem; }
h3 { font-size: 1.05rem; line-height: 1.35; }
h4 { font-size: 1rem; }
ul, ol { padding-left: 1.4rem; }
li + li { margin-top: .25rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: .5rem; top: .5rem; padding: .5rem .75rem; background: var(--paper); z-index: 1; }
.masthead, main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
.masthead { display: flex; justify-content: space-between; gap: 1rem; padding-block: 1rem; color: var(--quiet); }
main > section, .summary > section, nav {
  background: var(--paper); border: 1px solid var(--line); border-radius: 10px;
  padding: 1.5rem; margin-bottom: 1.25rem;
}
main section > * + * { margin-top: .75rem; }
main section > h2 + * { margin-top: 0; }
footer { padding-bottom: 2.5rem; color: var(--quiet); font-size: .875rem; }
footer p + p { margin-top: .5rem; }
.on-paper { display: none; }
.aside, .basis, .counts, .notes { color: var(--quiet); font-size: .875rem; }
.basis { display: flex; flex-wrap: wrap; gap: .1rem 1rem; }
.good { --tone: var(--good); --tint: var(--good-tint); }
.bad { --tone: var(--bad); --tint: var(--bad-tint); }
.partly { --tone: var(--partly); --tint: var(--partly-tint); }
.unknown { --tone: var(--unknown); --tint: var(--unknown-tint); }
.quiet { --tone: var(--quiet); --tint: var(--ground); }
.sign {
  display: inline-flex; align-items: center; justify-content: center; flex: none;
  width: 1.35em; height: 1.35em; border-radius: 50%; border: 1px solid var(--tone);
  background: var(--tint); color: var(--tone); font-weight: 700; font-size: .85em; line-height: 1;
}

.summary > .verdict { border-color: var(--tone); border-top-width: 6px; }
.decision { display: flex; gap: 1rem; align-items: flex-start; }
.decision > .sign { font-size: 1.9rem; margin-top: .15rem; }
h1 { font-size: 2rem; line-height: 1.2; letter-spacing: -.01em; }
h1 .lead, h1 .scope { display: block; }
h1 .lead { color: var(--tone); }
h1 .lead::first-letter, h1 .scope::first-letter, .group > p::first-letter { text-transform: uppercase; }
h1 .scope { font-size: 1.15rem; line-height: 1.4; font-weight: 500; letter-spacing: 0; margin-top: .3rem; }
h1 .custom { display: block; font-size: 1rem; }
.warned { border: 2px solid var(--bad); color: var(--bad); border-radius: 6px; padding: .4rem .75rem; font-weight: 600; }
.about { display: grid; gap: .35rem 1.5rem; border-top: 1px solid var(--line); padding-top: .9rem; }
.about > div { display: grid; grid-template-columns: 8rem 1fr; }
dt { color: var(--quiet); }

.questions { list-style: none; padding: 0; }
.questions > li {
  display: grid; grid-template: "answer question" auto "answer said" 1fr / 10.5rem 1fr; gap: .15rem 1.25rem;
  padding: .25rem 0 .25rem .9rem; border-left: 4px solid var(--tone); margin: 0;
}
.questions > li + li { margin-top: .9rem; }
.questions h3 { grid-area: question; }
.questions .answer { grid-area: answer; display: flex; gap: .5rem; align-items: baseline; line-height: 1.35; }
.questions .answer strong { color: var(--tone); font-size: 1.05rem; }
.questions .answer .sign { align-self: flex-start; margin-top: .15rem; }
.grade { color: var(--quiet); display: block; font-size: .875rem; }
.said { grid-area: said; }
.said > * + * { margin-top: .15rem; }
.depth { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .1rem 1.25rem; }
.depth li { margin: 0; }

.stops { list-style: none; padding: 0; }
.stops > li { border-left: 4px solid var(--bad); padding-left: .9rem; }
.stops > li + li { margin-top: 1rem; }
.group + .group { margin-top: 1rem; }
.group > * + * { margin-top: .35rem; }

.pairs { display: grid; grid-template-columns: 10rem 1fr; gap: .3rem .75rem; font-size: .875rem; }
nav h2 { font-size: 1rem; margin-bottom: .4rem; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .35rem 1.25rem; }
nav li { margin: 0; }
nav a { display: inline-block; padding: .15rem 0; }

.finding { border-left: 4px solid var(--tone); padding-left: 1rem; }
.finding > * + * { margin-top: .5rem; }
main section > .finding + .finding { margin-top: 1.75rem; }
.observation { display: grid; grid-template-columns: 6.5rem 1fr; gap: .3rem .75rem; padding: .75rem; background: var(--ground); border-radius: 6px; }
.observation dd { min-width: 0; }
.cited { list-style: none; padding: 0; }
.cited li { margin: 0; }

details { border-top: 1px solid var(--line); padding: .6rem 0; }
section > details + details { margin-top: 0; }
summary { cursor: pointer; padding: .15rem 0; }
details > * + * { margin-top: .6rem; }
details > summary + * { margin-top: .6rem; }

.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; position: relative; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: .5rem .65rem; color: var(--quiet); }
th, td { text-align: left; vertical-align: top; padding: .4rem .65rem; border-top: 1px solid var(--line); min-width: 5rem; }
thead th { color: var(--quiet); font-weight: 600; }
tbody th { font-weight: 500; min-width: 8rem; }
tbody th .aside { font-weight: 400; }
tbody th code { overflow-wrap: break-word; }
td.prose { min-width: 15rem; }
th.number, td.number { text-align: right; }
.cell span { color: var(--quiet); }
.cell.bad span { color: var(--bad); font-weight: 600; }

.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1.25rem; }
.plots:empty { display: none; }
figcaption { font-size: .9rem; margin-bottom: .35rem; }
svg { display: block; width: 100%; max-width: 34rem; height: auto; }
svg.value { min-width: 8rem; margin: .3rem 0; }
.axis { stroke: var(--quiet); stroke-width: 1; }
.tick, .budget-label { fill: var(--quiet); font-size: 10px; }
.budget { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 4 2; }
.budget-label { fill: var(--ink); }
.interval { fill: var(--link); }
.open { fill-opacity: .45; }
.median { fill: var(--ink); stroke: var(--paper); stroke-width: 1; }
.track { fill: var(--line); }

@media (max-width: 40rem) {
  .masthead, main, footer { padding-inline: .75rem; }
  main > section, .summary > section, nav { padding: 1rem; }
  h1 { font-size: 1.5rem; }
  h1 .scope { font-size: 1rem; }
  .decision { gap: .7rem; }
  .decision > .sign { font-size: 1.4rem; }
  .about > div { grid-template-columns: 1fr; }
  .questions > li { grid-template: "question" auto "answer" auto "said" auto / 1fr; }
  .observation, .pairs { grid-template-columns: 1fr; gap: 0; }
  .observation dd + dt, .pairs dd + dt { margin-top: .5rem; }
}

@page { margin: 12mm 14mm; }
@media print {
  :root {
    color-scheme: light;
    --ground: #f4f5f7; --paper: #fff; --ink: #000; --quiet: #444; --line: #bbb; --link: #0b4a8a;
    --good: #0b6438; --good-tint: #fff; --bad: #a1121d; --bad-tint: #fff;
    --partly: #774a00; --partly-tint: #fff; --unknown: #2c4a80; --unknown-tint: #fff;
  }
  body { background: none; font-size: 9.5pt; line-height: 1.35; }
  .masthead, main, footer { max-width: none; padding: 0; }
  .masthead { padding-bottom: 2mm; }
  nav, .skip { display: none; }
  main > section, .summary > section { border: 0; border-radius: 0; padding: 0; margin-bottom: 5mm; }
  .summary { break-after: page; }
  .summary > section { margin-bottom: 3mm; }
  .summary > .verdict { border-top-width: 3px; padding-top: 2mm; }
  .summary { font-size: 8.5pt; line-height: 1.3; }
  .summary .depth, .actions .aside { display: none; }
  .on-paper { display: block; color: var(--quiet); font-size: 7.5pt; }
  h1 { font-size: 16pt; }
  h1 .scope { font-size: 10.5pt; margin-top: 0; }
  h2 { font-size: 12pt; margin-bottom: 1.5mm; break-after: avoid; }
  h3, h4 { font-size: 10pt; break-after: avoid; }
  .decision > .sign { font-size: 15pt; }
  .about { gap: 0 6mm; padding-top: 1.5mm; grid-template-columns: 1fr 1fr; }
  .about > div { grid-template-columns: 22mm 1fr; }
  main section > * + * { margin-top: 1.5mm; }
  .questions > li { padding: 0 0 0 3mm; grid-template-columns: 28mm 1fr; gap: 0 4mm; }
  .questions > li + li { margin-top: 1.8mm; }
  .questions .answer strong { font-size: 9pt; }
  .grade { font-size: 8pt; }
  .said > * + * { margin-top: 0; }
  .aside, .basis, .counts, .notes { font-size: 8pt; }
  .summary h3 { font-size: 9pt; }
  .stops > li + li { margin-top: 1.5mm; }
  .stops > li > * { display: inline; margin: 0; }
  .stops h3::after { content: ". "; }
  .stops p::after { content: " "; }
  .stops > li > .basis { display: none; }
  .questions > li, .stops > li, tr, figure, .observation { break-inside: avoid; }
  a { color: inherit; text-decoration: none; }
  .scroll { overflow: visible; border: 0; }
  table { font-size: 8pt; }
  th, td, td.prose, tbody th { min-width: 0; padding: .8mm 1.5mm; }
  thead { display: table-header-group; }
  details::details-content { content-visibility: visible; display: block; block-size: auto; }
  .plots { grid-template-columns: 1fr 1fr; }
  * { print-color-adjust: exact; }
}
`;
