import { STYLE as EVERY_PAGE } from '../http/page.ts';

export const STYLE = `${EVERY_PAGE}
body { margin: 0 auto; max-width: 64rem; padding: 0 1.25rem 3rem; font-variant-numeric: tabular-nums; }
a:hover { text-decoration-thickness: 2px; }
h1 { font-weight: 650; text-wrap: balance; }
h2 { font-size: 1.05rem; font-weight: 650; margin-bottom: 0.8rem; }
section { margin-top: 2.75rem; }

.top { display: flex; flex-wrap: wrap; gap: 0.5rem 1.5rem; align-items: center; justify-content: space-between; padding: 1.25rem 0 2.5rem; }
.home { display: flex; gap: 0.6rem; align-items: center; color: inherit; font-weight: 650; text-decoration: none; }
.mark { flex: none; width: 1.6rem; height: 1.6rem; fill: none; stroke: var(--accent); stroke-width: 2.4; stroke-linecap: round; stroke-linejoin: round; }
.top nav { display: flex; gap: 1.1rem; font-size: 0.925rem; }

h1.busy { color: var(--busy); }
.next { margin-top: 0.6rem; font-size: 1.05rem; }
.filter { display: flex; flex-wrap: wrap; gap: 0.75rem 1rem; align-items: end; margin-top: 1.75rem; }
.filter label { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.2rem; min-width: 0; max-width: 100%; color: var(--soft); font-size: 0.85rem; }
select, button, .button {
  max-width: 100%; min-height: 2.5rem; padding: 0.4rem 0.8rem; border: 1px solid var(--line); border-radius: 7px;
  background: var(--surface); color: var(--ink); font: inherit; font-size: 0.95rem;
}
select { width: 14rem; }
button { cursor: pointer; }
button:hover, .button:hover { border-color: var(--accent); }
.button { display: inline-grid; align-items: center; text-decoration: none; }
.filter > a { padding: 0.5rem 0; }

.cards { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); }
.card { display: grid; gap: 0.6rem; align-content: start; padding: 1.1rem 1.25rem; border: 1px solid var(--line); border-top: 3px solid var(--busy); border-radius: 9px; background: var(--surface); }
.card h3 { font-size: 1.125rem; }
.card h3 a, .line h3 a { color: inherit; text-decoration-color: var(--line); }
.card h3 a:hover, .line h3 a:hover { text-decoration-color: currentColor; }
.card blockquote { padding-left: 0.9rem; border-left: 2px solid var(--line); }
blockquote p, .text { white-space: pre-line; }
blockquote footer { margin: 0; font-size: 0.875rem; }
.card blockquote p { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 6; overflow: hidden; }

.status { display: inline-block; padding: 0.05rem 0.55rem; border-radius: 99px; background: var(--accent-soft); color: var(--accent); font-size: 0.85rem; font-weight: 600; white-space: nowrap; }
.status.in-progress { background: var(--busy-soft); color: var(--busy); }
.status.succeed { background: none; padding-inline: 0; color: var(--good); }
.status.failed, .status.missed { background: none; padding-inline: 0; color: var(--bad); }
.status.canceled { background: none; padding-inline: 0; color: var(--soft); }

.effect { display: flex; flex-wrap: wrap; gap: 0.3rem 0.5rem; align-items: baseline; color: var(--soft); font-size: 0.925rem; }
.services { display: flex; flex-wrap: wrap; gap: 0.3rem; min-width: 0; }
.services li { padding: 0.02rem 0.5rem; border: 1px solid var(--line); border-radius: 5px; color: var(--ink); min-width: 0; }

.list { border-top: 1px solid var(--line); }
.line { display: grid; grid-template-columns: 17.5rem minmax(0, 1fr) auto; gap: 0.2rem 1.25rem; align-items: baseline; padding: 0.75rem 0; border-bottom: 1px solid var(--line); }
.line .when { color: var(--soft); }
.line .what { display: grid; gap: 0.25rem; min-width: 0; }
.line h3 { font-weight: 550; }

.timeline { display: grid; gap: 0.35rem; }
.weeks { display: grid; grid-template-columns: repeat(4, 1fr); margin-left: 13rem; color: var(--soft); font-size: 0.85rem; }
.weeks span { padding-left: 0.3rem; border-left: 1px solid var(--line); }
.row { display: grid; grid-template-columns: 12rem minmax(0, 1fr); gap: 1rem; align-items: center; }
.more { margin-top: 0.75rem; color: var(--soft); }
.row .label { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 0.95rem; }
.row small { color: var(--soft); font-size: 0.85rem; }
.row svg { width: 100%; height: 1.5rem; border-radius: 5px; background: var(--surface); box-shadow: inset 0 0 0 1px var(--line); }
.row .week { stroke: var(--line); vector-effect: non-scaling-stroke; }
rect.made { fill: var(--accent); }
rect.repeated { fill: var(--accent); opacity: 0.45; }

.group + .group { margin-top: 1.25rem; }
.group h3 { margin-bottom: 0.4rem; color: var(--soft); font-size: 0.9rem; font-weight: 550; }
.states { display: grid; gap: 0 2rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); }
.states li { display: flex; gap: 1rem; justify-content: space-between; padding: 0.4rem 0; border-bottom: 1px solid var(--line); }
.states .name { min-width: 0; }
.state { white-space: nowrap; font-size: 0.925rem; }
.state::before { content: ""; display: inline-block; width: 0.55rem; height: 0.55rem; margin-right: 0.4rem; border-radius: 50%; background: currentColor; }
.state.up { color: var(--good); }
.state.degraded { color: var(--busy); }
.state.down { color: var(--bad); }
details summary { cursor: pointer; margin-bottom: 0.75rem; }

.detail { display: grid; gap: 1rem; max-width: 44rem; }
.detail .when { font-size: 1.05rem; }
.detail section { margin-top: 1.5rem; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.3rem 1.25rem; }
dt { color: var(--soft); }
.comments { display: grid; gap: 1.25rem; padding-left: 1.1rem; border-left: 2px solid var(--line); }
.comments .soft { font-size: 0.9rem; }
footer { margin-top: 3.5rem; color: var(--soft); font-size: 0.9rem; }

@media (max-width: 44rem) {
  body { padding-inline: 1rem; }
  .top { padding-bottom: 1.75rem; }
  section { margin-top: 2.25rem; }
  .line { grid-template-columns: minmax(0, 1fr); }
  .weeks { margin-left: 0; }
  .row { grid-template-columns: minmax(0, 1fr); gap: 0.1rem; }
}
@media print {
  .top nav, .filter, .skip, .button { display: none; }
}
`;
