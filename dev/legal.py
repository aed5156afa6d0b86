"""The legal guide, ``docs/juridique.md``: made from the figures, the rates, the delays and the rules themselves.

Part of ``make readme``; ``make lint`` says when it is not in step. It tells, of each figure of the law, its article and
whether somebody has read the text, and of each rule, in its own words, the articles it applies.
"""

import ast
import csv
import re
import xml.etree.ElementTree as ElementTree

import env
import polib

MODULE = env.ROOT / env.MODULE
TARGET = env.ROOT / "docs" / "juridique.md"
ARTICLE = re.compile(r"\b[LRDA]\.? ?\d{3,4}-\d+|\bart\. \d+|\bC\.civ|\bCPCE?\b|\bCGI\b|\bCMF\b|\bCass\.")
INTRODUCTION = """# Guide juridique

<!-- Fait par `make readme` (dev/legal.py) à partir des chiffres et des règles : ne pas modifier ici. -->

Ce que le module compte et affirme, avec le texte sur lequel il s’appuie, et ce que personne n’a encore vérifié. Aucun
avocat n’a relu ces règles : elles ne valent pas conseil juridique. « Lu » veut dire qu’une personne ou un outil a lu le
texte, ou une source qui le cite ; « à vérifier », que le chiffre vient d’une connaissance générale : il
est affiché comme tel dans Odoo, et ce qui est compté avec lui n’est pas réclamé.

Les chiffres sont des enregistrements datés, à corriger dans *Recouvrement > Configuration* sans toucher au code :
une loi nouvelle est une ligne de plus, qui commence le jour de son entrée en vigueur.
"""
RULES = """## Les règles, dans leurs propres mots

Chaque règle du dossier `rules/` qui cite un texte, avec sa description, en anglais comme le code.
Un test accompagne chacune, bornes comprises.
"""


def rendered():
    words = {entry.msgid: entry.msgstr for entry in polib.pofile(str(MODULE / "i18n" / "fr.po")) if entry.msgstr}
    tables = (figures(words), rates(), delays(words), terms(words), costs(words))
    parts = [INTRODUCTION, "## Ce qui est à vérifier\n", *(table.doubts() for table in tables), ""]
    parts += [*(table.whole() for table in tables), RULES, rules()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts)).strip() + "\n"


class Table:
    """A kind of figures: its title, the names of its columns, and rows whose last cell says whether it was read."""

    def __init__(self, title, heads, rows):
        self.title, self.heads, self.rows = title, (*heads, "Lu"), rows

    def whole(self):
        lines = [f"## {self.title}\n", line(self.heads), line("---" for _head in self.heads)]
        lines += [line((*row[:-1], "oui" if row[-1] else "**à vérifier**")) for row in self.rows]
        return "\n".join(lines) + "\n"

    def doubts(self):
        found = [row for row in self.rows if not row[-1]]
        if not found:
            return f"- {self.title} : tout a été lu."
        return "\n".join([f"- {self.title} : {len(found)} sur {len(self.rows)}."])


def line(cells):
    return f"| {' | '.join(str(cell).replace('|', '/') for cell in cells)} |"


# --- the figures ------------------------------------------------------------------------------------------------------


ONE = {"points": "point de pourcentage", "days": "jour", "years": "an", "people": "salarié"}


def figures(words):
    named = selection("models/law/recouvrement_legal_figure.py", "FIGURES", words)
    units = selection("models/law/recouvrement_legal_figure.py", "UNITS", words)
    rows = []
    for row in csv.DictReader((MODULE / "rules" / "figures.csv").open()):
        value = "oui" if row["value"] == "1" else "non"
        if row["unit"] != "yes_no":
            unit = ONE.get(row["unit"]) if float(row["value"]) < 2 else None  # French counts so: 1,5 an
            value = f"{number(row['value'])} {unit or units.get(row['unit'], '')}".strip()
        rows.append(
            (named[row["code"]], value, day(row["date_from"]), row["article"], row["source"], row["verified"] == "yes")
        )
    return Table("Chiffres de la loi", ("Chiffre", "Valeur", "Depuis", "Texte", "Lu où"), rows)


def rates():
    rows = [
        (
            f"{day(row['date_from'])} – {day(row['date_to'])}",
            *(f"{number(row[name])} %" if row[name] else "" for name in ("ecb", "legal_other")),
            f"{number(row['legal_individual'])} %" if row["legal_individual"] else "",
            row["source"],
            row["verified"] == "yes",
        )
        for row in csv.DictReader((MODULE / "rules" / "rates.csv").open())
    ]
    heads = ("Semestre", "BCE", "Intérêt légal", "Intérêt légal, particuliers", "Lu où")
    return Table("Taux d’intérêt, par semestre", heads, rows)


def delays(words):
    rows = []
    for record in records("recouvrement_proceeding_data.xml", "recouvrement.proceeding.delay"):
        length = [
            f"{record[name]} {one if record[name] == '1' else many}"
            for name, one, many in (("months", "mois", "mois"), ("days", "jour", "jours"))
            if name in record
        ]
        rows.append(
            (
                f"`{record['code']}`",
                " ".join(length),
                words.get(record["event"], record["event"]),
                day(record.get("date_from", "")),
                record.get("article", ""),
                record.get("verified") == "True",
            )
        )
    return Table("Délais de procédure", ("Délai", "Durée", "À compter de", "Depuis", "Texte"), rows)


def terms(words):
    named = {
        **selection("models/base/res_company.py", "SECTORS", words),
        **selection("models/law/recouvrement_debtor.py", "BUYERS", words),
    }
    rows = []
    for record in records("recouvrement_payment_sector_data.xml", "recouvrement.payment.sector"):
        end = {"after": ", puis fin de mois", "before": ", après la fin du mois"}.get(record.get("end_of_month"), "")
        rows.append(
            (
                named.get(record["sector"], record["sector"]),
                f"{record['days']} jours{end}",
                record["article"],
                record.get("verified") == "True",
            )
        )
    return Table("Délais de paiement maximaux", ("Secteur ou acheteur", "Délai", "Texte"), list(dict.fromkeys(rows)))


def costs(words):
    rows = [
        (
            words.get(record["name"], record["name"]),
            f"{number(record['amount'])} EUR" if record.get("amount") else "",
            record.get("source", ""),
            record.get("verified") == "True",
        )
        for record in records("recouvrement_proceeding_data.xml", "recouvrement.proceeding.cost")
    ]
    return Table("Frais de procédure proposés", ("Frais", "Montant", "D’où il vient"), list(dict.fromkeys(rows)))


# --- the rules --------------------------------------------------------------------------------------------------------


def rules():
    lines = [line(("Règle", "Ce qu’elle fait")), line(("---", "---"))]
    for file in sorted((MODULE / "rules").glob("*.py")):
        tree = ast.parse(file.read_text())
        for node in tree.body:
            public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            told = (ast.get_docstring(node) or "") if public else ""
            if ARTICLE.search(told):
                lines.append(line((f"`{file.stem}.{node.name}`", " ".join(told.split("\n:")[0].split()))))
        told = ast.get_docstring(tree) or ""
        if ARTICLE.search(told):
            lines.append(line((f"`{file.stem}`", " ".join(told.split()))))
    return "\n".join(lines)


# --- reading ----------------------------------------------------------------------------------------------------------


def records(name, model):
    for record in ElementTree.parse(MODULE / "data" / name).getroot().iter("record"):
        if record.get("model") == model:
            yield {field.get("name"): field.get("eval") or (field.text or "").strip() for field in record}


def selection(file, name, words):
    """A constant list of (code, label) of a file, {code: label in French}."""
    for node in ast.parse((MODULE / file).read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name:
            return {code: words.get(label, label) for code, label in ast.literal_eval(node.value)}
    raise LookupError(f"{name} is not in {file}")


def number(text):
    """As French figures are written: a space between thousands, a comma."""
    whole, _point, decimals = text.partition(".")
    return f"{int(whole):,}".replace(",", "\N{NO-BREAK SPACE}") + (f",{decimals}" if decimals else "")


def day(iso):
    return "/".join(reversed(iso.split("-"))) if iso else ""
