/// The looks of the report, on a screen and on paper.
enum ReportStyle {
    static let rules = """
        :root { color-scheme: light; font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; color: #222; }
        body { margin: 0; background: #fff; }
        main { max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
        h1 { font-size: 1.8rem; margin: 0 0 1rem; }
        h2 { font-size: 1.4rem; margin: 2.5rem 0 0.75rem; padding-top: 0.75rem; border-top: 2px solid #222; }
        h3 { font-size: 1.05rem; margin: 1.75rem 0 0.5rem; }
        dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1rem; margin: 0; }
        dt { font-weight: 600; }
        dd { margin: 0; }
        figure { margin: 2rem 0; break-inside: avoid; }
        figure img { display: block; max-width: 100%; height: auto; margin: 0 auto; }
        figcaption { margin-top: 0.5rem; color: #555; font-size: 0.9rem; text-align: center; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums; }
        th, td { padding: 0.25rem 0.7rem 0.25rem 0; text-align: left; vertical-align: top; }
        th { border-bottom: 1.5px solid #222; vertical-align: bottom; }
        td { border-bottom: 1px solid #ddd; white-space: nowrap; }
        td.text { white-space: normal; min-width: 24rem; }
        th.number, td.number { text-align: right; }
        tr { break-inside: avoid; }
        tr.unmet td { background: #fbe9e0; }
        li.unmet { color: #a23c00; }
        .settings, .note { color: #555; font-size: 0.9rem; }
        code, pre { font-family: "DejaVu Sans Mono", ui-monospace, monospace; font-size: 0.8rem; }
        pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f5f5f5; padding: 0.75rem; }
        details summary { cursor: pointer; margin-top: 0.5rem; }
        @media print {
            @page { margin: 15mm; }
            :root { font-size: 10pt; }
            main { max-width: none; padding: 0; }
            h2, h3 { break-after: avoid; }
            .scroll { overflow: visible; }
            details.screen { display: none; }
            table { font-size: 7pt; }
            th, td { padding-right: 0.4rem; white-space: normal; }
            td.text { min-width: 0; }
            figure img { max-height: 230mm; object-fit: contain; }
            details::details-content { content-visibility: visible; block-size: auto; }
        }
        """
}
