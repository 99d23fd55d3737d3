// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// How pages look. Colours keep the contrast of WCAG AA in both schemes; nothing is told by colour alone.
enum Stylesheet {
    static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="none" stroke="#9a3a22" \
        stroke-width="5" stroke-linecap="round" d="M24 7c-6-4-15-2-15 3 0 6 14 5 14 11 0 5-10 7-15 2"/></svg>
        """

    static let text = #"""
        :root {
          color-scheme: light dark;
          --paper: #fcfbf8; --raised: #ffffff; --tint: #f4f0e8; --line: #dfd9cd; --edge: #8d867a;
          --ink: #1d1b18; --soft: #5a554c; --link: #8a2f1a;
          --good: #1b6240; --good-tint: #e3f1e8; --calm: #35496a; --calm-tint: #e7edf5;
          --warn: #714600; --warn-tint: #fbeed2; --bad: #981b1b; --bad-tint: #fbe5e2;
          --text: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", sans-serif;
          --code: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Noto Sans Mono", "DejaVu Sans Mono", monospace;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #171614; --raised: #1e1c1a; --tint: #25231f; --line: #393530; --edge: #8d867a;
            --ink: #ece8e1; --soft: #b0a99d; --link: #f4a98f;
            --good: #8ad6a9; --good-tint: #1a2f24; --calm: #a9c2e4; --calm-tint: #1e2a3a;
            --warn: #edc370; --warn-tint: #352a11; --bad: #f5a79e; --bad-tint: #3b1f1c;
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
        body {
          margin: 0; background: var(--paper); color: var(--ink);
          font: 1rem/1.6 var(--text); overflow-wrap: break-word; hyphens: manual;
        }
        h1, h2, h3 { line-height: 1.25; text-wrap: balance; font-weight: 650; letter-spacing: -0.012em; overflow-wrap: anywhere; }
        h1 { font-size: clamp(1.6rem, 1.2rem + 2vw, 2.3rem); margin: 0.2em 0 0.3em; }
        h2 { font-size: 1.22rem; margin: 0 0 0.9rem; }
        h3 { font-size: 1rem; margin: 0; }
        p { margin: 0 0 1em; max-width: 68ch; }
        small, .soft { color: var(--soft); font-size: 0.9rem; }
        a { color: var(--link); text-decoration-thickness: 0.06em; text-underline-offset: 0.18em; }
        a:hover { text-decoration-thickness: 0.13em; }
        :focus-visible { outline: 3px solid var(--link); outline-offset: 3px; border-radius: 3px; }
        main:focus { outline: none; }
        code { font-family: var(--code); font-size: 0.88em; overflow-wrap: anywhere; }
        ul, ol { margin: 0 0 1em; padding: 0; }
        .skip { position: absolute; left: 1rem; top: -6rem; background: var(--ink); color: var(--paper); padding: 0.6rem 1rem; z-index: 1; }
        .skip:focus { top: 1rem; }
        .inner { max-width: 62rem; margin-inline: auto; padding-inline: clamp(1rem, 4vw, 2rem); }
        .site { border-bottom: 1px solid var(--line); background: var(--raised); }
        .site .inner { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1.5rem; padding-block: 0.7rem; }
        .site nav ul { display: flex; flex-wrap: wrap; gap: 0.2rem 1.3rem; margin: 0; list-style: none; align-items: baseline; }
        .site nav a { color: var(--ink); text-decoration: none; padding-block: 0.35rem; display: inline-block; }
        .site nav a:hover { text-decoration: underline; }
        .site .brand { font-weight: 650; letter-spacing: -0.012em; overflow-wrap: anywhere; }
        .finder { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; margin: 0; }
        .finder label { font-size: 0.9rem; color: var(--soft); }
        .site .finder { margin-left: auto; }
        input, button { font: inherit; color: inherit; padding: 0.42rem 0.75rem; border: 1px solid var(--edge); border-radius: 6px; min-height: 2.6rem; }
        input { background: var(--paper); min-width: 0; width: 15rem; flex: 1 1 9rem; max-width: 26rem; }
        button { background: var(--ink); color: var(--paper); border-color: var(--ink); cursor: pointer; font-weight: 550; }
        button:hover { background: var(--link); border-color: var(--link); }
        main { display: block; padding-block: 1.4rem 4rem; }
        main > section, main > div { margin-top: 2.4rem; }
        section { border-top: 1px solid var(--line); padding-top: 1.3rem; }
        .crumbs ol { list-style: none; display: flex; flex-wrap: wrap; gap: 0.1rem 0.55rem; margin: 0; font-size: 0.9rem; color: var(--soft); }
        .crumbs li + li::before { content: "/"; content: "/" / ""; margin-right: 0.55rem; color: var(--edge); }
        .crumbs a, .crumbs span { overflow-wrap: anywhere; }
        .lead { font-size: 1.13rem; line-height: 1.55; color: var(--ink); max-width: 62ch; }
        .note { border-left: 3px solid var(--edge); padding: 0.1rem 0 0.1rem 1rem; color: var(--soft); max-width: 68ch; }
        .command {
          margin: 0 0 1.1em; padding: 0.75rem 1rem; background: var(--tint); border-radius: 6px; border: 1px solid var(--line);
          white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.95rem; line-height: 1.65; max-width: 100%;
        }
        .digest { letter-spacing: -0.01em; }
        .mark {
          display: inline-block; font-size: 0.78rem; font-weight: 600; line-height: 1.35; padding: 0.12rem 0.5rem; border-radius: 1rem;
          color: var(--soft); background: var(--tint); white-space: normal;
        }
        .mark.good { color: var(--good); background: var(--good-tint); }
        .mark.calm { color: var(--calm); background: var(--calm-tint); }
        .mark.warn { color: var(--warn); background: var(--warn-tint); }
        .mark.bad { color: var(--bad); background: var(--bad-tint); }
        .marks { display: inline-flex; flex-wrap: wrap; gap: 0.3rem 0.4rem; vertical-align: middle; }
        .marks:empty { display: none; }
        .facts { margin: 0 0 1em; }
        .facts > div { display: grid; grid-template-columns: 1fr; padding: 0.5rem 0; border-top: 1px solid var(--line); }
        .facts > div:first-child { border-top: 0; }
        .facts dt { color: var(--soft); font-size: 0.9rem; }
        .facts dd { margin: 0; overflow-wrap: anywhere; }
        .facts dd ul { margin: 0; }
        .rows { list-style: none; margin: 0; }
        .row { padding: 0.75rem 0; border-top: 1px solid var(--line); }
        .rows > .row:first-child { border-top: 0; padding-top: 0; }
        .row p { margin: 0.15rem 0 0; color: var(--soft); }
        .row .title { font-weight: 600; overflow-wrap: anywhere; margin-right: 0.6rem; }
        .plain { list-style: none; display: flex; flex-wrap: wrap; gap: 0.35rem 0.9rem; }
        .columns { columns: 17rem; column-gap: 2.2rem; list-style: none; }
        h3 + .columns { margin-top: 0.4rem; }
        .columns li { break-inside: avoid; padding: 0.15rem 0; }
        .pager ul { list-style: none; display: flex; flex-wrap: wrap; gap: 0.5rem 1.5rem; margin: 1.2rem 0 0; }
        .pager a { padding-block: 0.4rem; display: inline-block; }
        .versions > li { list-style: none; padding: 1rem 0; border-top: 1px solid var(--line); }
        .versions > li:first-child { border-top: 0; padding-top: 0; }
        .versions .rows { margin-top: 0.5rem; }
        .versions .row { padding: 0.4rem 0; border-top: 0; }
        details { margin: 0.4rem 0 1rem; }
        summary { cursor: pointer; padding: 0.35rem 0; }
        .timeline { list-style: none; margin: 0.4rem 0 0 0.55rem; border-left: 2px solid var(--line); }
        .timeline > li { position: relative; padding: 0 0 1.8rem 1.7rem; }
        .timeline > li:last-child { padding-bottom: 0.2rem; }
        .timeline > li::before {
          content: ""; position: absolute; left: -0.56rem; top: 0.33rem; width: 0.95rem; height: 0.95rem; border-radius: 50%;
          background: var(--paper); border: 2px solid var(--edge);
        }
        .timeline > li.verified::before { background: var(--good); border-color: var(--good); }
        .timeline > li.stated::before { background: var(--paper); border-color: var(--calm); border-width: 3px; }
        .timeline > li.missing::before { border-style: dashed; }
        .timeline p { margin: 0.25rem 0 0; }
        .timeline .basis { margin: 0.1rem 0 0.35rem; font-size: 0.9rem; color: var(--soft); }
        .timeline .facts { margin: 0.5rem 0 0; }
        .timeline .facts > div { padding: 0.25rem 0; border-top: 0; }
        .wide { overflow-x: auto; }
        .wide table { min-width: 40rem; }
        table { border-collapse: collapse; width: 100%; font-size: 0.94rem; }
        caption { text-align: left; color: var(--soft); padding-bottom: 0.6rem; }
        th, td { text-align: left; vertical-align: top; padding: 0.5rem 1.1rem 0.5rem 0; border-top: 1px solid var(--line); }
        thead th { border-top: 0; color: var(--soft); font-weight: 550; }
        tbody th { font-weight: 550; }
        footer { border-top: 1px solid var(--line); color: var(--soft); font-size: 0.9rem; padding-block: 1.4rem 2.4rem; }
        footer p { margin: 0; }
        @media (min-width: 44rem) {
          .facts > div { grid-template-columns: 13rem 1fr; gap: 1.2rem; }
          .timeline .facts > div { grid-template-columns: 9.5rem 1fr; }
          main { padding-top: 2rem; }
        }
        @media (max-width: 43.99rem) {
          .site .finder { margin-left: 0; width: 100%; }
          .site .finder label { flex-basis: 100%; line-height: 1.2; }
        }
        @media print {
          .site, .skip, footer { display: none; }
          body { background: none; }
        }
        """#
}
