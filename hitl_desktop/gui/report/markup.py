"""A report as one HTML text: for a browser with the drawings inside, or as simple as Qt's text layout needs it."""

from collections.abc import Mapping
from html import escape
from typing import Final

from hitl_desktop.gui.report.content import Report, Section, Table
from hitl_desktop.language import in_use

_BROWSER: Final = """
:root { color-scheme: light dark; --text: #171A20; --soft: #454C59; --line: #DCDFE5; --ground: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --text: #ECEDEE; --soft: #BCC0C6; --line: #33373B; --ground: #1D1F21; }
  img { background: #fff; border-radius: 6px; padding: 8px; }
}
body { font: 15px/1.5 Inter, "Noto Sans Arabic", system-ui, sans-serif; color: var(--text); background: var(--ground);
  max-width: 900px; margin: 40px auto; padding: 0 24px; font-variant-numeric: tabular-nums; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 4px; }
h2 { font-size: 18px; margin: 36px 0 8px; padding-top: 12px; border-top: 1px solid var(--line); }
.soft { color: var(--soft); }
table { border-collapse: collapse; width: 100%; margin: 12px 0 20px; }
th { text-align: start; font-weight: 600; color: var(--soft); font-size: 13px; }
th, td { padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
.n { text-align: end; white-space: nowrap; }
figure { margin: 16px 0; break-inside: avoid; }
figcaption { font-weight: 600; margin-bottom: 6px; }
img { max-width: 100%; height: auto; }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
"""
_RULED: Final = ' width="100%" cellspacing="0" cellpadding="3" style="border-collapse: collapse"'
PAPER: Final = """
body { color: #171A20; }
h1 { font-size: 26px; font-weight: 600; margin-bottom: 2px; }
h2 { font-size: 17px; font-weight: 600; margin-top: 22px; margin-bottom: 6px; }
p { font-size: 12px; margin-top: 0; margin-bottom: 6px; }
th { font-size: 11px; font-weight: 600; color: #454C59; }
td { font-size: 11px; }
.soft { color: #454C59; }
.chart { margin-top: 8px; margin-bottom: 8px; }
td { border-bottom-width: 1px; border-bottom-style: solid; border-bottom-color: #DCDFE5; }
"""


def for_browser(report: Report, drawings: Mapping[str, tuple[str, str]]) -> str:
    """One file that needs no other. `drawings` are by key their title and a `data:` address."""
    body = [f"<h1>{escape(report.title)}</h1>", f'<p class="soft">{escape(report.subtitle)}</p>']
    for section in report.sections:
        body += [f"<section><h2>{escape(section.title)}</h2>", *_words(section)]
        body += [_table(table, "") for table in section.tables]
        for key in section.charts:
            if key in drawings:
                title, address = drawings[key]
                picture = f'<img src="{address}" alt="{escape(title, quote=True)}">'
                body.append(f"<figure><figcaption>{escape(title)}</figcaption>{picture}</figure>")
        body.append("</section>")
    language = in_use()
    direction = "rtl" if language.right_to_left else "ltr"
    head = f'<meta charset="utf-8"><title>{escape(report.title)}</title><style>{_BROWSER}</style>'
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    head += f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return (
        f'<!DOCTYPE html>\n<html lang="{language.code}" dir="{direction}"><head>{head}</head>'
        f"<body>{''.join(body)}</body></html>\n"
    )


def for_paper(report: Report, drawings: Mapping[str, tuple[str, str]], width: int) -> str:
    """As Qt's text layout knows it: `drawings` are by key title and name of a picture, `width` points wide."""
    body = [f"<h1>{escape(report.title)}</h1>", f'<p class="soft">{escape(report.subtitle)}</p>']
    for section in report.sections:
        body += [f"<h2>{escape(section.title)}</h2>", *_words(section)]
        body += [_table(table, _RULED) for table in section.tables]
        for key in section.charts:
            if key in drawings:
                title, name = drawings[key]
                body.append(
                    f'<p class="chart"><img src="{name}" width="{width}" alt="{escape(title, quote=True)}"></p>'
                )
    return f"<html><head></head><body>{''.join(body)}</body></html>"


def _words(section: Section) -> list[str]:
    return [f"<p>{escape(words)}</p>" for words in section.words]


def _table(table: Table, attributes: str) -> str:
    def cell(tag: str, words: str, place: int) -> str:
        if place >= table.numbers_from:
            return f'<{tag} class="n" align="right">{escape(words)}</{tag}>'
        return f'<{tag} align="{side}">{escape(words)}</{tag}>'

    side = "right" if in_use().right_to_left else "left"
    head = "".join(cell("th", words, place) for place, words in enumerate(table.head))
    rows = "".join(
        f"<tr>{''.join(cell('td', words, place) for place, words in enumerate(row))}</tr>" for row in table.rows
    )
    return f"<table{attributes}><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
