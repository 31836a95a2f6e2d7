import { STYLE as EVERY_PAGE } from '../page.ts';

export const STYLE = `${EVERY_PAGE}
html { scroll-padding-top: 1rem; }
body { margin: 0; display: grid; grid-template-columns: minmax(0, 1fr); }
h2 { font-size: 1.35rem; text-transform: capitalize; }
h3 a { color: inherit; text-decoration: none; }
h4 { margin-top: 1rem; font-size: 0.85rem; color: var(--soft); font-weight: 600; }
code, .path, nav a { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 0.9em; }
nav { padding: 1.25rem; border-bottom: 1px solid var(--line); font-size: 0.9rem; }
nav .home { font-weight: 650; }
nav summary { cursor: pointer; padding: 0.35rem 0; font-weight: 600; text-transform: capitalize; }
nav li a { display: grid; grid-template-columns: 4.6em minmax(0, 1fr); padding: 0.15rem 0; color: inherit; text-decoration: none; }
nav li a.code { display: block; }
nav li a:hover, h3 a:hover { text-decoration: underline; }
main { padding: 1.5rem 1.25rem 4rem; max-width: 60rem; }
main > section { margin-top: 3rem; }
.lead { margin-top: 0.75rem; max-width: 44rem; }
article { margin-top: 1rem; padding: 1.1rem 1.25rem; border: 1px solid var(--line); border-radius: 9px; background: var(--surface); }
article > p { margin-top: 0.4rem; }
dl { margin-top: 0.4rem; }
dl > div { display: grid; gap: 0 1rem; grid-template-columns: minmax(0, 1fr); padding: 0.35rem 0; border-top: 1px solid var(--line); }
dl > div:first-child { border-top: 0; }
.method { display: inline-block; min-width: 4.2em; font: 700 0.8rem/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; color: var(--accent); }
.method.post { color: var(--good); }
.method.put, .method.patch { color: var(--busy); }
.method.delete { color: var(--bad); }
.tag { margin-left: 0.6rem; padding: 0.05rem 0.5rem; border: 1px solid var(--line); border-radius: 99px; color: var(--soft); font-size: 0.8rem; white-space: nowrap; }
@media (min-width: 40rem) { dl > div { grid-template-columns: minmax(0, 13rem) minmax(0, 1fr); } }
@media (min-width: 64rem) {
  body { grid-template-columns: 21rem minmax(0, 1fr); }
  nav { position: sticky; top: 0; height: 100vh; overflow: auto; border-right: 1px solid var(--line); border-bottom: 0; }
  main { padding: 2rem 3rem 4rem; }
}
`;
