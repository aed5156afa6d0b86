"""Workbooks in which what people typed stays a text, whatever it begins with; no record."""

import re

import xlsxwriter


def workbook(out, **options):
    """A workbook written into a binary file, in memory until closed; no text in it becomes a formula or a link."""
    as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    return xlsxwriter.Workbook(out, {"in_memory": True, **as_text, **options})


def sheet_name(text):
    """A name that a worksheet may bear."""
    return re.sub(r"[\[\]:*?/\\]", "-", text).strip("'")[:31]
