import { createHash } from 'node:crypto';

/** Of every page: one column on a phone, light and dark as the system has it, large targets, visible focus. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f3f4f7; --card: #ffffff; --text: #1b2430; --soft: #566273; --line: #dde1e8; --field: #8590a0;
  --main: #0a5bd0; --main-text: #ffffff; --main-hover: #084ba9;
  --good: #11693a; --good-ground: #e0f4e8; --bad: #a8231c; --bad-ground: #fdeae8;
  --ask: #7d4a00; --ask-ground: #fff1d6; --ask-line: #f0c978; --busy: #0a4fae; --busy-ground: #e3eefd;
  --plain-ground: #e9ecf1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #11151b; --card: #1a2029; --text: #e8ecf2; --soft: #a3afbf; --line: #2d3644; --field: #74818f;
    --main: #6db1ff; --main-text: #08182c; --main-hover: #93c5ff;
    --good: #7fdba5; --good-ground: #153526; --bad: #ff9d94; --bad-ground: #43201e;
    --ask: #ffcf7a; --ask-ground: #33290f; --ask-line: #6b5320; --busy: #93c5ff; --busy-ground: #16304f;
    --plain-ground: #2a323f;
  }
}
*, *::before, *::after { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Inter, Arial, sans-serif;
}
header, main { max-width: 58rem; margin: 0 auto; padding: 0 1rem; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; padding-top: 1rem; padding-bottom: .75rem; }
header form { margin: 0 0 0 auto; }
main { padding-bottom: 3rem; outline: none; }
.brand { display: flex; align-items: center; gap: .6rem; margin: 0; font-weight: 650; font-size: 1.1rem; letter-spacing: -.01em; }
#connection { margin: 0; font-size: .85rem; color: var(--soft); }
#connection.live::before, #connection.lost::before { content: ""; display: inline-block; width: .55rem; height: .55rem; margin-right: .45rem; border-radius: 50%; background: var(--good); }
#connection.lost { color: var(--bad); }
#connection.lost::before { background: var(--bad); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 1.25rem 1.5rem; margin-bottom: 1rem; }
.narrow { max-width: 30rem; margin: 6vh auto 0; }
.title { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .35rem 1rem; margin-bottom: .5rem; }
h1, h2, h3 { line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
h1 { font-size: 1.35rem; margin-bottom: .75rem; }
h2 { font-size: 1.2rem; letter-spacing: -.01em; }
h3 { font-size: 1rem; margin-bottom: .4rem; }
p { margin: 0 0 .6rem; overflow-wrap: anywhere; }
ul { margin: 0 0 .6rem; padding-left: 1.2rem; overflow-wrap: anywhere; }
li { margin-bottom: .2rem; }
a { color: var(--main); }
code { font-size: .9em; overflow-wrap: anywhere; }
.region[tabindex="-1"] { outline: none; }
.region > :last-child { margin-bottom: 0; }
.region + .region { margin-top: .9rem; }
.region:empty { display: none; }
.halves { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1rem 2rem; margin-top: 1.1rem; padding-top: 1.1rem; border-top: 1px solid var(--line); }
.halves:not(:has(h3)) { display: none; }
.halves .region { margin: 0; min-width: 0; }
.badge { display: inline-block; padding: .15rem .7rem; border-radius: 999px; font-size: .85rem; font-weight: 600; white-space: nowrap; background: var(--plain-ground); color: var(--text); }
.badge.good { background: var(--good-ground); color: var(--good); }
.badge.busy { background: var(--busy-ground); color: var(--busy); }
.badge.ask { background: var(--ask-ground); color: var(--ask); }
.badge.bad { background: var(--bad-ground); color: var(--bad); }
.ask > * { max-width: 34rem; }
div.ask { border: 1px solid var(--ask-line); border-left-width: 5px; border-radius: 10px; padding: 1rem 1.15rem; }
.problem, .note.bad { background: var(--bad-ground); color: var(--bad); border-radius: 8px; padding: .55rem .8rem; }
.problem a { color: inherit; }
.note { border-radius: 8px; padding: .55rem .8rem; margin-bottom: 1rem; }
.note.good { background: var(--good-ground); color: var(--good); }
.trouble { border-left: 5px solid var(--bad); padding: .1rem 0 .1rem 1rem; }
.hint, .current, .figures span { color: var(--soft); font-size: .9rem; }
.current { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .82rem; }
label, legend { display: block; font-weight: 600; margin-bottom: .3rem; padding: 0; }
input:not([type=hidden]):not(.unseen) { display: block; width: 100%; min-height: 2.9rem; padding: .5rem .75rem; margin-bottom: .6rem; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--field); border-radius: 9px; }
input.code:not(.unseen) { flex: 1 1 9rem; max-width: 14rem; margin: 0; font-size: 1.35rem; letter-spacing: .2em; font-variant-numeric: tabular-nums; }
button { min-height: 2.75rem; padding: .45rem 1rem; font: inherit; font-weight: 550; color: inherit; background: var(--card); border: 1px solid var(--field); border-radius: 9px; cursor: pointer; }
button:hover { border-color: var(--main); color: var(--main); }
button.main { background: var(--main); border-color: var(--main); color: var(--main-text); }
button.main:hover { background: var(--main-hover); border-color: var(--main-hover); color: var(--main-text); }
button.quiet { border-color: transparent; background: none; color: var(--soft); padding-left: .5rem; padding-right: .5rem; margin-left: -.5rem; }
button.quiet:hover { color: var(--main); text-decoration: underline; }
header button.quiet { margin: 0; }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
form { margin: 0 0 .8rem; }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
.row { display: flex; flex-wrap: wrap; gap: .5rem; }
.controls { margin-bottom: 1rem; }
.card > :last-child, .card details > :last-child, .ask > :last-child { margin-bottom: 0; }
.ask .row + .row { margin-top: .5rem; }
details { margin-bottom: .6rem; }
summary { cursor: pointer; min-height: 2rem; display: list-item; padding: .2rem 0; border-radius: 6px; }
summary h2 { display: inline; }
details > form { margin-top: .5rem; }
progress { display: block; width: 100%; height: .7rem; margin: .2rem 0 .55rem; border: 0; border-radius: 999px; overflow: hidden; background: var(--plain-ground); accent-color: var(--main); }
progress::-webkit-progress-bar { background: var(--plain-ground); border-radius: 999px; }
progress::-webkit-progress-value { background: var(--main); border-radius: 999px; }
progress::-moz-progress-bar { background: var(--main); border-radius: 999px; }
.figures { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: baseline; font-variant-numeric: tabular-nums; }
.photos { list-style: none; padding: 0; margin: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(4.6rem, 1fr)); gap: .4rem; }
.photos li { margin: 0; }
.photos img { display: block; width: 100%; height: auto; aspect-ratio: 1; object-fit: cover; border-radius: 8px; background: var(--plain-ground); }
.log { margin-top: .5rem; max-height: 22rem; overflow: auto; }
.log pre { margin: 0; font: .8rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; border: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .5rem 1rem; border-radius: 8px; z-index: 1; }
.working::before { content: ""; display: inline-block; width: .9rem; height: .9rem; margin-right: .55rem; vertical-align: -.1rem; border: 2px solid var(--line); border-top-color: var(--main); border-radius: 50%; animation: turn 1s linear infinite; }
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) { .working::before { animation: none; } }
@media (max-width: 34rem) {
  .card { padding: 1rem; border-radius: 12px; }
  .ask .row > button { flex: 1 1 100%; }
  div.ask { padding: .85rem; }
  input.code:not(.unseen) { max-width: none; }
}
`;

/** Changes with the content, so that browsers may keep it for ever. */
export const STYLE_PATH = `/style-${createHash('sha256').update(STYLE).digest('hex').slice(0, 12)}.css`;
