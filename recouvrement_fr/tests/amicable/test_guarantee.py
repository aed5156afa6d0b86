from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ...tools.formats import Formats
from ..common import MONDAY, RecouvrementCommon
from ..paper import words_of

DUE = MONDAY - timedelta(days=20)
DAY = timedelta(days=1)


def words(document):
    """The text of the frozen file, spaces made plain."""
    return words_of(document.attachment_id.raw)


@tagged("post_install", "-at_install")
class TestGuarantee(RecouvrementCommon):
    def before_all(self):
        super().before_all()
        self.debt = self.invoice(DUE, 1000)
        self.night(MONDAY)
        self.insurer = self._partner("Assurance Crédit SA", company_registry=False)
        self.surety = self.env["res.partner"].create(
            {"name": "Paul Durand", "street": "3 rue Haute", "zip": "75011", "city": "Paris"}
        )

    def guarantee(self, kind="insurance", **values):
        guarantors = {"insurance": self.insurer, "surety": self.surety, "bank": self.insurer, "aval": self.surety}
        with self.at(MONDAY):
            return self.env["recouvrement.guarantee"].create(
                {
                    "name": "P-2026-1",
                    "kind": kind,
                    "debtor_id": self.card().id,
                    "guarantor_id": guarantors[kind].id if kind in guarantors else False,
                    **values,
                }
            )

    def follow(self, on, model="recouvrement.guarantee"):
        self.env.flush_all()
        with self.at(on):
            self.env[model].sudo()._follow_up(on)  # the scheduler's rights

    def frozen(self, action):
        document = self.env["recouvrement.document"].browse(action["res_id"])
        with self.at(MONDAY):
            document.action_freeze()
        return document

    def letter(self, guarantee):
        """The words of the letter that a guarantee asks for, made that day."""
        with self.at(MONDAY):
            return words(self.frozen(guarantee.action_letter()))

    def test_the_insurer_reads_what_the_records_say_and_the_rest_is_left_to_be_ticked(self):
        text = self.letter(self.guarantee())
        self.assertIn("Aucune contestation de ces factures n’est enregistrée chez nous à ce jour.", text)
        self.assertIn("Aucune relance de ces factures n’est enregistrée chez nous à ce jour.", text)
        self.assertIn("Cocher ce qui est exact", text)
        self.assertIn("les livraisons à ce client sont suspendues depuis le", text)
        for unchecked in ("mise en demeure adressée", "Les livraisons à ce client sont suspendues.", "déduire"):
            self.assertNotIn(unchecked, text)

    def test_the_insurer_is_told_of_reminders_disputes_and_the_formal_notice_that_really_are(self):
        reminder = self.reminders()
        self.mark_sent(reminder, MONDAY)
        text = self.letter(self.guarantee())
        self.assertIn("Relance du 2 mars 2026", text)
        self.assertNotIn("Mise en demeure du", text)
        reminder.line_ids.sudo().level_id = self.notice
        with self.at(MONDAY):
            reason = self.env["recouvrement.dispute.reason"].search([], limit=1)
            self.env["recouvrement.dispute"]._open(self.card(), self.debt, reason, amount=150)
        text = self.letter(self.guarantee(name="P-2"))
        self.assertIn("Mise en demeure du 2 mars 2026", text)
        self.assertNotIn("Relance du", text)
        self.assertIn(f"{self.debt.name} : 150,00 €", text)
        self.assertNotIn("Aucune contestation", text)

    def test_letters_of_a_guarantee_do_not_forget_a_credit_note_nor_money_on_account(self):
        self.invoice(MONDAY, 200, move_type="out_refund")
        text = self.letter(self.guarantee())
        self.assertIn("avoirs et règlements non encore imputés, à déduire : 200,00 €", text)
        self.assertIn("soit 800,00 € en principal", text)
        surety = self.guarantee("surety")
        [row] = surety.sudo()._figures(MONDAY)
        called = Formats("fr_FR").money(800 + row["interest"] + row["indemnity"], surety.currency_id)
        called = called.replace("\u00a0", " ").replace("\u202f", " ")
        self.assertIn(f"la somme de {called} (", self.letter(surety).replace("\u202f", " "))

    def test_a_claim_is_said_declared_only_once_it_is(self):
        insolvency = self.env["recouvrement.insolvency"].create(
            {"debtor_id": self.card().id, "kind": "liquidation", "judgment_on": MONDAY - 5 * DAY}
        )
        text = self.letter(self.guarantee())
        self.assertIn("jugement du 25 février 2026", text)
        self.assertNotIn("déclarée au passif", text)
        insolvency.sudo().declared_on = MONDAY - DAY
        text = self.letter(self.guarantee(name="P-2"))
        self.assertIn("notre créance a été déclarée au passif le 1 mars 2026", text.replace("1er", "1"))

    def test_the_insurer_must_be_told_within_the_delay_of_the_policy_and_once(self):
        guarantee = self.guarantee(declaration_days=30)
        deadline = guarantee.deadline_ids
        self.assertEqual((deadline.start, deadline.date), (DUE, DUE + 30 * DAY))
        with self.at(MONDAY):
            guarantee.action_told()
        self.assertEqual(deadline.state, "done")
        self.assertEqual(guarantee.told_ids, self.debt)
        with self.assertRaisesRegex(UserError, "Nothing unpaid"), self.at(MONDAY):
            guarantee.action_told()
        later = self.invoice(MONDAY + 5 * DAY, 300)
        self.follow(MONDAY + 6 * DAY)
        self.assertEqual(guarantee.deadline_ids.filtered(lambda one: one.state == "open").date, MONDAY + 35 * DAY)
        self.pay(later, on=MONDAY + 7 * DAY)
        self.follow(MONDAY + 8 * DAY)
        self.assertEqual(set(guarantee.deadline_ids.mapped("state")), {"done", "cancelled"})

    def test_each_unpaid_invoice_has_its_own_day_for_the_insurer_whatever_was_missed_before(self):
        self.invoice(DUE + 5 * DAY, 200)
        self.invoice(DUE + 5 * DAY, 300)
        guarantee = self.guarantee(declaration_days=30)
        days = [DUE + 30 * DAY, DUE + 35 * DAY, DUE + 35 * DAY]
        self.assertEqual(sorted(guarantee.deadline_ids.mapped("date")), days)
        self.assertEqual(len(set(guarantee.deadline_ids.mapped("name"))), 3)
        self.follow(DUE + 31 * DAY, "recouvrement.deadline")
        self.follow(DUE + 31 * DAY)
        self.assertEqual(sorted(guarantee.deadline_ids.mapped("state")), ["missed", "open", "open"])

    def test_a_surety_is_told_of_the_first_unpaid_invoice_alone(self):
        self.invoice(DUE + 5 * DAY, 200)
        guarantee = self.guarantee("surety")
        self.assertEqual(guarantee.deadline_ids.mapped("start"), [DUE])
        self.follow(MONDAY)
        self.assertEqual(len(guarantee.deadline_ids), 1)

    def test_a_missed_declaration_stays_missed_and_is_not_asked_again_each_night(self):
        guarantee = self.guarantee(declaration_days=30)
        self.follow(DUE + 31 * DAY, "recouvrement.deadline")
        self.assertEqual(guarantee.deadline_ids.state, "missed")
        self.assertTrue(guarantee.activity_ids)
        self.assertNotIn("()", "".join(guarantee.activity_ids.mapped("summary")))
        for day in (32, 33):
            self.follow(DUE + day * DAY)
        self.assertEqual(guarantee.deadline_ids.mapped("state"), ["missed"])

    def test_the_follow_up_takes_the_same_statements_for_many_guarantees(self):
        partners = [self._partner(f"Client {n}", company_registry=False) for n in range(6)]
        cards = self.env["recouvrement.debtor"].create(
            [{"partner_id": partner.id, "company_id": self.company.id} for partner in partners]
        )
        for card in cards:
            self.invoice(DUE, 100, partner=card.partner_id)
        values = {"name": "P", "kind": "insurance", "guarantor_id": self.insurer.id, "declaration_days": 30}
        counts = []
        for size in (1, 5):
            with self.at(MONDAY):
                self.env["recouvrement.guarantee"].create([{**values, "debtor_id": card.id} for card in cards[:size]])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.follow(MONDAY)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_a_guarantee_covers_its_invoices_from_its_start_up_to_its_limit(self):
        other = self.invoice(DUE, 700)
        chosen = self.guarantee(move_ids=[Command.set(other.ids)], percent=50)
        self.assertEqual(chosen.covered_amount, 350)
        late = self.guarantee(starts_on=MONDAY)
        self.assertFalse(late.covered_amount)
        self.assertEqual(self.guarantee(amount=500).covered_amount, 500)
        found = self.env["recouvrement.guarantee"]._of(self.card(), self.debt)
        self.assertNotIn(chosen, found)
        self.assertNotIn(late, found)

    def test_its_end_alerts_then_ends_it(self):
        guarantee = self.guarantee("bank", expires_on=MONDAY + 20 * DAY)
        self.follow(MONDAY, "recouvrement.deadline")
        self.assertIn("it ends", guarantee.activity_ids.summary)
        self.follow(MONDAY + 20 * DAY)
        self.assertEqual(guarantee.state, "active")
        self.follow(MONDAY + 21 * DAY)
        self.assertEqual(guarantee.state, "expired")
        with self.at(MONDAY):
            guarantee.expires_on = MONDAY + 90 * DAY
            guarantee.action_reopen()
        self.assertEqual(guarantee.deadline_ids.date, MONDAY + 90 * DAY)

    def test_a_person_who_stands_surety_is_not_threatened_while_the_proceedings_stay_action(self):
        for kind, stayed in (("redressement", True), ("liquidation", False)):
            with self.subTest(kind=kind), self.at(MONDAY):
                insolvency = self.env["recouvrement.insolvency"].create(
                    {"debtor_id": self.card().id, "kind": kind, "judgment_on": MONDAY}
                )
                text = words(self.frozen(self.guarantee("surety", amount=500).action_letter()))
                self.assertEqual("L. 622-28, alinéa 2" in text, stayed)
                self.assertEqual("par toutes voies de droit" in text, not stayed)
                self.assertNotIn("2298", text)
                company = words(self.frozen(self.guarantee("surety", guarantor_id=self.insurer.id).action_letter()))
                self.assertIn("par toutes voies de droit", company)
                insolvency.action_mistake()
                self.env.flush_all()  # one open at a time, says the database

    def test_a_person_who_stands_surety_is_told_within_a_month_of_the_first_unpaid_invoice(self):
        guarantee = self.guarantee("surety", amount=5000)
        self.assertEqual((guarantee.deadline_ids.article, guarantee.deadline_ids.verified), ("C.civ 2303", False))
        self.assertEqual(guarantee.deadline_ids.date.isoformat(), "2026-03-10")
        with self.at(MONDAY):
            text = words(self.frozen(guarantee.action_information()))
        self.assertIn("n’a pas réglé", text)
        company = self.guarantee("surety", guarantor_id=self.insurer.id)
        self.assertFalse(company.deadline_ids)

    def test_each_kind_has_its_letter_with_its_amounts(self):
        said = {
            "surety": "En votre qualité de caution",
            "aval": "L. 511-21",
            "bank": "Nous mettons en jeu votre garantie",
            "insurance": "police n° P-2026-1",
            "reserve_of_title": "nous restituer les biens",
            "pledge": "bien nanti",
        }
        for kind, sentence in said.items():
            guarantee = self.guarantee(kind, amount=500 if kind == "surety" else 0)
            with self.at(MONDAY):
                text = words(self.frozen(guarantee.action_letter()))
            self.assertIn(sentence, text, kind)
            self.assertIn("1 000,00 €", text, kind)
            if kind == "surety":
                self.assertIn("cinq cents euros", text)
        self.assertEqual(guarantee.document_count, 1)

    def test_nothing_overdue_asks_for_no_letter(self):
        guarantee = self.guarantee()
        self.pay(self.debt, on=MONDAY)
        with self.assertRaisesRegex(UserError, "overdue"), self.at(MONDAY):
            guarantee.action_letter()

    def test_goods_under_reserve_of_title_are_claimed_in_an_insolvency(self):
        guarantee = self.guarantee("reserve_of_title")
        trustee = self._partner("SELARL Martin", company_registry=False)
        with self.at(MONDAY):
            insolvency = self.env["recouvrement.insolvency"].create(
                {
                    "debtor_id": self.card().id,
                    "kind": "redressement",
                    "judgment_on": MONDAY,
                    "bodacc_on": MONDAY,
                    "mandataire_id": trustee.id,
                }
            )
            document = self.frozen(guarantee.action_letter())
        self.assertIn("revendication", insolvency.deadline_ids.mapped("code"))
        self.assertEqual(document.addressee_id, trustee)
        self.assertIn("L. 624-9", words(document))

    def test_bad_input_is_refused(self):
        for values in (
            {"percent": 0},
            {"declaration_days": -1},
            {"amount": -1},
            {"starts_on": MONDAY, "expires_on": MONDAY - DAY},
            {"guarantor_id": False},
            {"guarantor_id": self.debtor_partner.id},
            {"move_ids": [Command.set(self.invoice(DUE, partner=self.insurer).ids)]},
        ):
            with self.assertRaises(ValidationError, msg=values), self.env.cr.savepoint():
                self.guarantee(**values)

    def test_who_reads_and_who_writes(self):
        guarantee = self.guarantee()
        collector = new_test_user(self.env, "collector", groups="recouvrement_fr.group_recouvrement_user")
        officer = new_test_user(self.env, "officer", groups="recouvrement_fr.group_recouvrement_legal")
        for user in (collector, officer):
            user.write({"company_ids": [Command.link(self.company.id)], "company_id": self.company.id})
        elsewhere = self.env["res.company"].create({"name": "Autre SARL"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="recouvrement_fr.group_recouvrement_legal",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        self.assertEqual(self.card().with_user(collector).guarantee_count, 1)
        for act in ("action_told", "action_release", "action_call"):
            with self.assertRaises(AccessError):
                getattr(guarantee.with_user(collector), act)()
        with self.assertRaises(AccessError):
            guarantee.with_user(stranger).read(["name"])
        with self.at(MONDAY):
            guarantee.with_user(officer).action_told()
            self.assertTrue(guarantee.with_user(officer).action_letter())
        guarantee.with_user(officer).action_release()
        with self.assertRaisesRegex(UserError, "any more"):
            guarantee.with_user(officer).action_call()
        with self.assertRaisesRegex(UserError, "evidence"):
            guarantee.sudo().unlink()

    def test_cards_merged_keep_their_guarantees(self):
        guarantee = self.guarantee()
        double = self._partner("Durand bis", company_registry=False)
        self.invoice(DUE, partner=double)
        self.night(MONDAY + DAY)
        card = self.card(double)
        self.env["recouvrement.debtor"].sudo()._fold(self.debtor_partner, double)
        self.assertEqual(guarantee.debtor_id, card)
