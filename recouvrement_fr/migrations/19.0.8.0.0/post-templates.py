"""E-mails that spoke of several invoices speak of what is asked, be it one or ten, where nobody changed their words.

A template is known by the words it was installed with, whatever its style; one that a person wrote otherwise stays as
it is. May run again.
"""

import hashlib
import re

from odoo import SUPERUSER_ID, api

# template, field, language, fingerprint of the words it was installed with, what they become
CHANGES = (
    (
        "mail_template_pre_due",
        "subject",
        "en",
        "b7ebb8a0d2460ab3",
        (("invoices falling due soon", "payment falling due soon"),),
    ),
    (
        "mail_template_pre_due",
        "subject",
        "fr",
        "6cc7a768742f614f",
        (("factures arrivant à échéance", "règlement à venir"),),
    ),
    (
        "mail_template_pre_due",
        "body_html",
        "en",
        "3c5df88e723744a5",
        (
            ("the invoices below will soon fall due", "the amount detailed below will soon fall due"),
            ("prevent their payment on", "prevent its payment on"),
        ),
    ),
    (
        "mail_template_pre_due",
        "body_html",
        "fr",
        "acc5c6f9c0fdf441",
        (
            (
                "les factures ci-dessous arrivent prochainement à échéance",
                "le montant détaillé ci-dessous arrive prochainement à échéance",
            ),
        ),
    ),
    ("mail_template_reminder_1", "subject", "en", "0cb4442ddce5b328", (("invoices due", "payment due"),)),
    ("mail_template_reminder_1", "subject", "fr", "d7280efbbddf5b38", (("factures échues", "règlement en attente"),)),
    (
        "mail_template_reminder_1",
        "body_html",
        "en",
        "f03cd3bad5463659",
        (
            (
                "the invoices listed below, which have reached their due date, have not been paid yet",
                "the amount detailed below, which has fallen due, has not been paid yet",
            ),
        ),
    ),
    (
        "mail_template_reminder_1",
        "body_html",
        "fr",
        "cb1f8f513e3a426e",
        (
            (
                "les factures dont le détail suit, arrivées à échéance, ne nous ont pas encore été réglées",
                "le montant dont le détail suit, arrivé à échéance, ne nous a pas encore été réglé",
            ),
            ("procéder à leur règlement", "procéder à son règlement"),
        ),
    ),
    ("mail_template_reminder_2", "subject", "en", "b6815198eb9dd4d5", (("invoices unpaid", "payment outstanding"),)),
    (
        "mail_template_reminder_2",
        "subject",
        "fr",
        "addb1576ac4b6add",
        (("factures échues impayées", "montant échu impayé"),),
    ),
    (
        "mail_template_reminder_2",
        "body_html",
        "en",
        "d415a059053c5bcd",
        (("the invoices listed below remain unpaid", "the amount detailed below remains unpaid"),),
    ),
    (
        "mail_template_reminder_2",
        "body_html",
        "fr",
        "75dfd415a0e5f015",
        (("les factures ci-dessous demeurent impayées", "le montant détaillé ci-dessous demeure impayé"),),
    ),
    (
        "mail_template_proof",
        "body_html",
        "en",
        "924a7af4e76ba806",
        (("that the invoices below are paid", "that you have paid what is listed below"),),
    ),
    (
        "mail_template_proof",
        "body_html",
        "fr",
        "2518e091583c77ea",
        (("que les factures ci-dessous sont réglées", "avoir réglé ce qui figure ci-dessous"),),
    ),
    (
        "mail_template_promise",
        "body_html",
        "en",
        "dc878f2c7c398126",
        (("Please mention these numbers", "Please mention the above"),),
    ),
    (
        "mail_template_promise",
        "body_html",
        "fr",
        "291a9747e92291db",
        (("Merci de rappeler ces numéros", "Merci de le préciser"),),
    ),
)


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    languages = {"en_US", *(code for code, _name in env["res.lang"].get_installed())}
    for name, field, language, fingerprint, changes in CHANGES:
        template = env.ref(f"recouvrement_fr.{name}", raise_if_not_found=False)
        for code in languages if template else ():
            text = str(template.with_context(lang=code)[field] or "")
            if code.startswith(language) and fingerprint_of(text) == fingerprint:
                for old, new in changes:
                    text = text.replace(old, new)
                template.update_field_translations(field, {code: text})  # a mere write may change English with it


def fingerprint_of(text):
    """Of its words, not of its tags nor of where its lines end."""
    words = " ".join(re.sub(r"<[^>]*>", " ", text).split())
    return hashlib.sha256(words.encode()).hexdigest()[:16]
