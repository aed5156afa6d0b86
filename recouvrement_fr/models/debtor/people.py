"""Who is told, when a person has to do something: of the company concerned, and of no other."""

from collections import Counter

from odoo import SUPERUSER_ID, api, fields, models

from ...rules.regime import regime_of


def in_their_language(records):
    """The same records in the language most collectors read: the scheduler, which writes to them, has none."""
    people = records.env.ref("recouvrement_fr.group_recouvrement_user").all_user_ids.filtered(
        lambda user: not user.share and user.id != SUPERUSER_ID
    )
    [(lang, _count)] = Counter(people.mapped("lang")).most_common(1) or [(None, 0)]
    return records.with_context(lang=lang or None)


class ResCompany(models.Model):
    _inherit = "res.company"

    def _recouvrement_people(self, role):
        """Who has this role (a group of the add-on, what it implies counted) and works in this company tree; portal
        users left out, and the administrator and the machine too where there is somebody else."""
        self.ensure_one()
        # A collector reads neither the groups nor the companies of his colleagues.
        people = self.env.ref(f"recouvrement_fr.group_recouvrement_{role}").sudo().all_user_ids
        allowed = people.filtered(lambda user: not user.share and self.root_id in user.company_ids.root_id)
        people = allowed - (self.env.ref("base.user_admin", raise_if_not_found=False) or self.env["res.users"])
        people = people.filtered(lambda user: user.id != SUPERUSER_ID)
        return (people or allowed).with_env(self.env)

    def _recouvrement_managers(self):
        return self._recouvrement_people("manager")

    def _recouvrement_shared(self):
        """Who shares the tasks of debtors that nobody follows: managers, else collectors, in a lasting order."""
        pool, managers = self._recouvrement_pool(), self._recouvrement_managers()
        return (pool & managers or pool or managers).sorted("id")

    def _recouvrement_told(self):
        """The manager who is called when nobody does what waits: never the machine, where there is somebody else."""
        managers = self._recouvrement_managers()
        return (managers & self._recouvrement_pool() or managers)[:1]

    def _recouvrement_pool(self):
        """The managers and collectors of this company tree, never the machine nor the administrator."""
        machines = self.env.ref("base.user_admin", raise_if_not_found=False) or self.env["res.users"]
        people = (self._recouvrement_managers() | self._recouvrement_people("user").filtered("active")) - machines
        return people.filtered(lambda user: user.id != SUPERUSER_ID)


class RecouvrementDebtor(models.Model):
    _inherit = "recouvrement.debtor"

    answering_user_id = fields.Many2one(
        "res.users",
        "Answers the debtor",
        compute="_compute_answering_user_id",
        help="The collector, unless archived: e-mails name nobody who left, and replies go to the company.",
    )

    @api.depends("collector_id.active")
    def _compute_answering_user_id(self):
        for debtor in self:
            debtor.answering_user_id = debtor._collector()

    def _collector(self):
        """Who follows this debtor while he is here: nobody answers for a user who was archived."""
        return self.collector_id.filtered("active")

    def _person_in_charge(self):
        """Whoever follows this debtor, else the default collector of its policy, else one of the company's people; the
        machine and the administrator have tasks only where nobody else is."""
        self.ensure_one()
        return self._collector() or self._default_collector() or self._pooled(self.company_id._recouvrement_shared())

    def _pooled(self, people):
        """Of these people, the one whose turn this debtor is: they share them, and each debtor keeps its own."""
        return people[self.id % len(people)] if people else self.env.user

    def _people_in_charge(self):
        """{debtor: ``_person_in_charge``}, asked once for those whom the same things tell."""
        found, alike = {}, self._told_alike()
        for cards in self.grouped(alike.get).values():
            person = cards[0]._collector() or cards[0]._default_collector()
            people = person or cards[0].company_id._recouvrement_shared()
            found |= {card: person or card._pooled(people) for card in cards}
        return found

    def _told_alike(self):
        """{debtor: all that tells who is in charge of it}; to be extended by what else chooses its policy."""
        return {card: (card.company_id, card.collector_id, card.policy_id, card.debtor_type) for card in self}

    def _default_collector(self):
        """Of the policy that reminds this debtor, while he is here and works in its company."""
        user = self._followed_policy().collector_id
        allowed = user.active and not user.share and self.company_id.root_id in user.company_ids.root_id
        return user.with_env(self.env) if allowed else self.env["res.users"]

    def _followed_policy(self):
        """Its own, else the first that fits its type, else the company's default, as the night chooses for an invoice
        that has none; read as superuser, policies and users being settings."""
        debtor = self.sudo()  # as said above
        policies = debtor.env["recouvrement.policy"]._usable(debtor.company_id.root_id)
        if debtor.policy_id in policies:
            return debtor.policy_id
        kind = regime_of(debtor.debtor_type).policies if debtor.debtor_type else False
        fitting = policies.filtered(lambda one: not one.by_hand and one.debtor_type in (False, kind))
        return fitting[:1] or debtor.company_id.root_id.recouvrement_policy_id & policies
