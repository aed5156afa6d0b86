"""Tasks that were known by their words bear a mark, in whichever language they were written: none is made again.

In SQL: a task that is written through the ORM may tell people of it again.
"""

import re

from odoo.tools.translate import code_translations

# (model, words in the source, mark: {} stands for what the words name)
TASKS = [
    ("recouvrement.debtor", "Waiting for too long: %s", "unattended"),
    ("recouvrement.debtor", "Calls or visits not made in time: %s", "undone"),
    ("recouvrement.debtor", "Proof of non-claim of %s", "non_claim {}"),
    ("recouvrement.debtor", "Read the answer of %s", "reply"),
    ("recouvrement.plan", "An instalment of the plan %s is missed: send the notice of default", "notice"),
    ("recouvrement.plan", "When did the notice of default of the plan %s reach the debtor?", "served"),
    ("recouvrement.plan", "The plan %s is defaulted: the whole is due", "defaulted"),
    ("recouvrement.plan", "Invoice the penalties of %s: the plan pays their debit note", "penalties"),
    ("recouvrement.plan", "The proposal %s was not accepted in time", "not_accepted"),
    ("recouvrement.plan", "A payment of the plan %s came back", "came_back"),
    ("recouvrement.plan", "Money on account counts for the plan %s: allocate it to the invoices", "allocate"),
    ("recouvrement.promise", "Money on account counts for the promise %s: allocate it to the invoices", "allocate"),
    (
        *("recouvrement.case", "Is a payment on account what the third party told of? Allocate it to say so"),
        "told",
    ),
    (
        "recouvrement.case",
        "A payment came back after %s was closed: reopen it, to go on or to close it with what is left",
        "returned",
    ),
    (
        "recouvrement.case",
        "%s, claimed in a filed case, was set back to draft: what was filed does not change, check it",
        "draft {}",
    ),
    ("res.partner", "Rates of %s: compare them with the official text and confirm", "rates_confirm {}"),
    (
        "res.partner",
        "Rates of %s are missing: enter them (Collection > Configuration > Rates)",
        "rates_missing {}",
    ),
    ("res.partner", "Figures of collection not sent", "figures"),
    ("recouvrement.case", "Paid in full: close the case", "closing"),
    ("recouvrement.case", "The invoices were written off: close the case, or go on", "closing"),
    ("recouvrement.case", "The invoices are paid: close the case, or go on for interest and costs", "closing"),
    ("recouvrement.run", "A dunning run is held", "held"),
    ("recouvrement.run", "A part of the daily follow-up stopped", "failure"),
    ("recouvrement.run", "The nights send nothing", "silent"),
]


def migrate(cr, version):
    cr.execute("SELECT code FROM res_lang WHERE active")
    langs = [code for (code,) in cr.fetchall()]
    known = [
        (model, re.compile("(.*)".join(map(re.escape, words.split("%s")))), mark)
        for model, source, mark in TASKS
        for words in {source, *(_translated(source, lang) for lang in langs)}
    ]
    cr.execute(
        """
        SELECT id, res_model, summary FROM mail_activity
         WHERE res_model = ANY(%s) AND summary IS NOT NULL AND recouvrement_mark IS NULL
        """,
        (sorted({model for model, _source, _mark in TASKS}),),
    )
    for task_id, res_model, summary in cr.fetchall():
        for model, words, mark in known:
            if model == res_model and (found := words.fullmatch(summary)):
                cr.execute(
                    "UPDATE mail_activity SET recouvrement_mark = %s WHERE id = %s",
                    (mark.format(*found.groups()), task_id),
                )
                break
    # The approval asked of a procedure: the one of its case that waits.
    cr.execute(
        """
        UPDATE mail_activity a
           SET recouvrement_mark = 'approval ' || r.id
          FROM recouvrement_case_proceeding r
         WHERE a.res_model = 'recouvrement.case' AND a.res_id = r.case_id AND r.state = 'to_approve'
           AND a.recouvrement_mark IS NULL
           AND EXISTS (
               SELECT 1 FROM recouvrement_proceeding p
                 JOIN LATERAL jsonb_each_text(p.name) AS words ON TRUE
                WHERE p.id = r.proceeding_id AND a.summary LIKE '%%' || words.value || '%%')
        """
    )
    # What tells of a deadline that is not met yet says its day and its name.
    cr.execute(
        """
        UPDATE mail_activity a
           SET recouvrement_mark = 'deadline ' || d.id
          FROM recouvrement_deadline d
         WHERE a.res_model = d.res_model AND a.res_id = d.res_id AND a.date_deadline = d.date
           AND a.recouvrement_mark IS NULL AND d.state IN ('open', 'missed')
           AND POSITION(d.name IN a.summary) > 0
        """
    )


def _translated(source, lang):
    return code_translations.get_python_translations("recouvrement_fr", lang).get(source, source)
