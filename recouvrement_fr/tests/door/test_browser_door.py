import json
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tests.common import ChromeBrowser

from ..clock import today
from .door_common import DoorCommon

# What a reader of screens, a keyboard and tired eyes need; each problem is said with the element that has it.
CHECK = """
(async () => {
    const problems = [];
    const tell = (what, node) => problems.push(what + ": " + node.outerHTML.slice(0, 120));
    const numbers = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
    const light = ([r, g, b]) => {
        const part = (value) => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
    };
    const behind = (node) => {
        for (; node; node = node.parentElement) {
            const colour = numbers(getComputedStyle(node).backgroundColor);
            if (colour.length < 4 || colour[3] > 0) {
                return colour;
            }
        }
        return [255, 255, 255];
    };
    document.querySelectorAll("details").forEach((node) => (node.open = true));
    const shown = (node) => node.getClientRects().length && getComputedStyle(node).visibility !== "hidden";
    if (!document.documentElement.lang) tell("no language", document.documentElement);
    if (document.querySelectorAll("h1").length !== 1) tell("not one title", document.body);
    const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
    ids.filter((id, at) => ids.indexOf(id) !== at).forEach((id) => tell("id twice", document.getElementById(id)));
    let level = 0;
    for (const node of document.querySelectorAll("h1, h2, h3, h4")) {
        if (+node.tagName[1] > level + 1) tell("a level of title is left out", node);
        level = +node.tagName[1];
    }
    for (const node of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
        if (!node.labels.length || !node.labels[0].textContent.trim()) tell("no label", node);
    }
    for (const node of document.querySelectorAll("img")) if (!node.hasAttribute("alt")) tell("no alt", node);
    for (const node of document.querySelectorAll("a, button, summary")) {
        if (!(node.textContent.trim() || node.getAttribute("aria-label"))) tell("no name", node);
        const box = node.getBoundingClientRect();
        const small = Math.min(box.width, box.height) < 24 && !node.matches(".skip, p a, dd a, li a");
        if (shown(node) && small) tell("too small", node);
    }
    for (const node of document.querySelectorAll("fieldset")) {
        if (!(node.querySelector("legend") || {textContent: ""}).textContent.trim()) tell("no legend", node);
    }
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode.parentElement;
        if (!walker.currentNode.textContent.trim() || !shown(node)) continue;
        const style = getComputedStyle(node);
        const [a, b] = [light(numbers(style.color)), light(behind(node))].sort((x, y) => y - x);
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
        if ((a + 0.05) / (b + 0.05) < (large ? 3 : 4.5)) tell("contrast " + ((a + 0.05) / (b + 0.05)).toFixed(2), node);
    }
    // A keyboard reaches whatever a mouse does, in the order of the page, and shows where it is.
    const reached = "a[href], button, summary, select, textarea, input:not([type=hidden])";
    for (const node of document.querySelectorAll(reached)) {
        if (!shown(node) || node.disabled) continue;
        if (node.tabIndex !== 0) tell("tabindex " + node.tabIndex, node);
        node.focus({focusVisible: true});
        if (document.activeElement !== node) tell("no focus", node);
        else if (parseFloat(getComputedStyle(node).outlineWidth) < 2) tell("focus not seen", node);
    }
    for (const node of document.querySelectorAll("[onclick], [role=button]")) tell("not of a keyboard", node);
    if (document.documentElement.scrollWidth > window.innerWidth) tell("wider than the screen", document.body);
    console.log(problems.length ? "PROBLEMS " + problems.join(" | ") : "test successful");
    if (problems.length) console.error(problems.join(" | "));
})();
"""
SEND = """
(async () => {
    const act = document.getElementById("act-%(kind)s");
    act.open = true;
    const form = act.querySelector("form");
    for (const [name, value] of Object.entries(%(values)s)) form.elements[name].value = value;
    if (!form.checkValidity()) return console.error("not valid: " + form.querySelector(":invalid").id);
    const answer = await fetch(form.action, {method: "POST", body: new FormData(form)});
    if (!answer.url.endsWith("?done=%(kind)s")) return console.error(answer.status + " " + answer.url);
    console.log("test successful");
})();
"""


# On every page of a way: waits, and acts as a finger does. What it leads to is told by the address.
WAY = """
window.addEventListener("load", async () => {
    const until = async (find) => {
        for (let tries = 0; tries < 150; tries++) {
            const found = find();
            if (found) return found;
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        console.error("never: " + find + " at " + location.href + " " + document.body.innerText.slice(0, 300));
        throw new Error("never");
    };
    const done = new URLSearchParams(location.search).get("done");
    const told = document.querySelector("[role=alert]");
    if (told) console.error("refused: " + told.textContent);
    const say = (kind, values) => {
        const act = document.getElementById("act-" + kind);
        act.querySelector("summary").click();
        const form = act.querySelector("form");
        for (const [id, value] of Object.entries(values)) {
            const field = document.getElementById(kind + "-" + id);
            if (field.type === "checkbox") field.click();
            else field.value = value;
        }
        const button = form.querySelector("button[type=submit]");
        const box = button.getBoundingClientRect();
        if (box.left < 0 || box.right > innerWidth) console.error("out of the screen: " + kind);
        button.click();
    };
    %s
});
"""
ACTS = """
    if (location.pathname.endsWith("/plan")) {
        const canvas = await until(() => document.querySelector("canvas"));
        canvas.setPointerCapture = () => {};
        const box = canvas.getBoundingClientRect();
        for (const [kind, x, y] of [["down", 20, 20], ["move", 90, 60], ["up", 90, 60]]) {
            const at = {clientX: box.left + x, clientY: box.top + y, pointerId: 1, bubbles: true};
            canvas.dispatchEvent(new PointerEvent("pointer" + kind, at));
        }
        document.getElementById("plan-agreed").click();
        document.getElementById("plan-name").value = "Jean Durand, gérant";
        return document.querySelector("main form button[type=submit]").click();
    }
    const next = %(next)s;
    if (done === next[next.length - 1][0]) return console.log("test successful");
    const [kind, values] = next[next.findIndex(([kind]) => kind === done) + 1];
    say(kind, values);
"""
PAY = """
    if (location.pathname.endsWith("/pay")) {
        const found = () => document.querySelector('button[name="o_payment_submit_button"]:not([disabled])');
        const radio = await until(() => document.querySelector('input[name="o_payment_radio"]'));
        if (!radio.checked) radio.click();
        (await until(() => document.getElementById("customer_input"))).value = "4242 4242 4242 4242";
        const button = await until(found);
        if (document.documentElement.scrollWidth > innerWidth) console.error("wider than the screen");
        return button.click();
    }
    if (done === "payment") return console.log("test successful");
    if (document.getElementById("pay-all")) {
        document.getElementById("pay-all").click();
        document.querySelector("#pay-all").form.querySelector("button[type=submit]").click();
    }
"""


class BrowserDoor:
    """The same at each size of screen."""

    def test_the_page_is_for_everybody(self):
        self.late(1234.5)
        self.late(80, days=2)
        self.env["recouvrement.promise"]._make(self.debtor, self.late(300), 300, self.today, on=today())
        self.env.flush_all()
        self.browser_js(f"/rc/{self.token}", CHECK, login=None)

    def go(self, script, path=""):
        """From the page on, whatever pages the script leads to."""
        navigate = ChromeBrowser.navigate_to

        def prepared(browser, *args, **kwargs):
            source = {"source": WAY % script}
            browser._websocket_request("Page.addScriptToEvaluateOnNewDocument", params=source)
            return navigate(browser, *args, **kwargs)

        self.env.flush_all()
        with patch.object(ChromeBrowser, "navigate_to", prepared):
            self.browser_js(f"/rc/{self.token}{path}", "", login=None)
        self.env.invalidate_all()

    def test_all_that_is_left_is_paid_by_clicking(self):
        """The page, core's form, the provider that only pretends, and back: paid and reconciled."""
        if not self.provide():
            self.skipTest("payment_demo is not installed")
        first, second = self.late(), self.late(250.5, days=2)
        self.go(PAY)
        self.assertEqual((first | second).mapped("amount_residual"), [0, 0])
        transaction = (first | second).transaction_ids
        self.assertEqual((transaction.state, transaction.amount), ("done", 1250.5))
        self.assertTrue(transaction.payment_id.is_reconciled)
        self.assertEqual(self.events("payment").amount, 1250.5)

    def test_the_schedule_is_for_everybody(self):
        self.late()
        self.env.flush_all()
        self.browser_js(f"/rc/{self.token}/plan?count=2&first={self.day(10)}", CHECK, login=None)

    def test_an_error_and_a_thank_you_are_for_everybody(self):
        self.late()
        self.env.flush_all()
        self.browser_js(f"/rc/{self.token}?done=promise", CHECK, login=None)
        self.browser_js(f"/rc/{self.token}/pay?m=all&amount=99999", CHECK, login=None)

    def test_the_page_tells_that_it_was_seen(self):
        self.late()
        self.env.flush_all()
        code = "setTimeout(() => console.log('test successful'), 1500)"
        self.browser_js(f"/rc/{self.token}", code, login=None)
        self.env.invalidate_all()
        self.assertEqual(self.events().mapped("kind"), ["opened"])

    def test_a_promise_is_made_with_the_form_of_the_page(self):
        self.late()
        self.env.flush_all()
        code = SEND % {"kind": "promise", "values": json.dumps({"day": self.day(3)})}
        self.browser_js(f"/rc/{self.token}", code, login=None)
        self.env.invalidate_all()
        self.assertEqual(self.debtor.promise_ids.origin, "portal")

    def test_a_message_is_sent_with_the_form_of_the_page(self):
        self.late()
        self.env.flush_all()
        code = SEND % {"kind": "message", "values": json.dumps({"note": "Bonjour"})}
        self.browser_js(f"/rc/{self.token}", code, login=None)
        self.env.invalidate_all()
        self.assertEqual(self.events("message").note, "Bonjour")


@tagged("post_install", "-at_install")
class TestBrowserDoorDesktop(BrowserDoor, DoorCommon):
    browser_size = "1280x900"


@tagged("post_install", "-at_install")
class TestBrowserDoorPhone(BrowserDoor, DoorCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_everything_is_said_by_clicking_with_a_thumb(self):
        """A promise, a dispute, a plan signed, a message, somebody else, e-mails instead of paper, no more SMS."""
        promised, disputed, planned = self.late(), self.late(200, days=8), self.late(500, days=6)
        reason = self.env["recouvrement.dispute.reason"].search([], limit=1)
        acts = [
            ("promise", {"day": self.day(3), promised.id: True}),
            ("dispute", {disputed.id: True, "reason": reason.id, "note": "Rayée"}),
            ("plan", {"count": "2", "first": self.day(10), planned.id: True}),
            ("message", {"note": "Bonjour"}),
            ("contact", {"email": "neuf@durand.example", "phone": "01 02 03 04 05", "note": "M. Neuf"}),
            ("email", {"email": "factures@durand.example"}),
            ("sms", {}),
        ]
        self.go(ACTS % {"next": json.dumps(acts)})
        self.assertEqual(sorted(self.events().mapped("kind")), sorted(["opened", *(kind for kind, _values in acts)]))
        self.assertEqual(self.debtor.promise_ids.move_ids, promised)
        self.assertEqual(self.debtor.dispute_ids.move_ids, disputed)
        plan = self.debtor.plan_ids
        self.assertEqual((plan.move_ids, plan.state, plan.accepted_by), (planned, "active", "Jean Durand, gérant"))
        self.assertGreater(len(plan.signature), 400, "what the finger drew")
