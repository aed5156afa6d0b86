import json

from odoo.tests import tagged

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


class BrowserDoor:
    """The same at each size of screen."""

    def test_the_page_is_for_everybody(self):
        self.late(1234.5)
        self.late(80, days=2)
        self.env["recouvrement.promise"]._make(self.debtor, self.late(300), 300, self.today)
        self.env.flush_all()
        self.browser_js(f"/rc/{self.token}", CHECK, login=None)

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
