import mimetypes
import re
from functools import lru_cache
from urllib.parse import urlsplit

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import file_open
from odoo.tools.mimetypes import guess_mimetype

from ...tools import printable

CLOSED = "recouvrement_closed_printing"  # in the context of what we have core print
PICTURE = re.compile(r"/web/(?:image|content)/(\d+)(?:-\w+)?(?:/|$|\?)")
STATIC = re.compile(r"/(\w+)/static/(?!.*\.\.)[\w./@-]+")


class IrActionsReport(models.Model):
    """Documents of core that we have printed (invoices, orders, deliveries): nothing is fetched while they print.

    Their style and the pictures this Odoo serves to anybody are written into the page, so that neither an address typed
    in a footer or in the terms of an invoice is asked for, nor an unreachable ``web.base.url`` leaves them unstyled.
    """

    _inherit = "ir.actions.report"

    def _build_wkhtmltopdf_args(self, *args, **kwargs):
        command = super()._build_wkhtmltopdf_args(*args, **kwargs)
        return [*command, *printable.CLOSED] if self.env.context.get(CLOSED) else command

    def _run_wkhtmltopdf(self, bodies, report_ref=False, header=None, footer=None, **kwargs):
        if self.env.context.get(CLOSED):
            bodies = [self._closed(body) for body in bodies]
            header, footer = header and self._closed(header), footer and self._closed(footer)
        return super()._run_wkhtmltopdf(bodies, report_ref=report_ref, header=header, footer=footer, **kwargs)

    def _closed(self, page):
        try:
            return printable.closed(str(page), self._own)
        except printable.Missing as error:
            raise UserError(
                self.env._("The style of this document could not be read, so it was not printed: %s", error)
            ) from error

    def _own(self, address):
        """(type, bytes) of what this Odoo itself serves to anybody at that address, without asking it; else None."""
        base = self._get_report_url() or ""
        path = address.strip()
        if base and path.startswith(f"{base.rstrip('/')}/"):
            path = path[len(base.rstrip("/")) :]
        if not path.startswith("/") or path.startswith("//"):
            return None
        if path.startswith("/web/assets/"):
            return self._own_style(urlsplit(path).path)
        if picture := PICTURE.match(path):
            return self._own_picture(int(picture[1]))
        return _static(urlsplit(path).path)

    def _own_style(self, path):
        """A bundle of styles, as the page that links to it would get it."""
        filename = path.rpartition("/")[2]
        try:
            bundle, rtl, kind, autoprefix = self.env["ir.asset"]._parse_bundle_name(filename, False)
        except ValueError:
            return None
        if kind != "css":
            return None
        assets = (
            self.env["ir.qweb"]
            .sudo()
            ._get_asset_bundle(  # public files, kept by core as attachments
                bundle, css=True, js=False, rtl=rtl, autoprefix=autoprefix
            )
        )
        found = assets.css() if assets.stylesheets else None
        return ("text/css", _inlined((found.raw or b"").decode()).encode()) if found else None

    def _own_picture(self, attachment_id):
        """A picture that anybody may see: who prints may read more than who typed its address."""
        attachment = self.env["ir.attachment"].sudo().browse(attachment_id).exists()  # none but a public one, below
        content = (attachment.public and attachment.raw) or b""
        kind = guess_mimetype(content)
        return (kind, content) if kind.startswith("image/") else None


def _static(path):
    """A file that a module publishes, or None."""
    if not STATIC.fullmatch(path):
        return None
    try:
        with file_open(path.lstrip("/"), "rb") as file:
            return mimetypes.guess_type(path)[0] or "application/octet-stream", file.read()
    except (FileNotFoundError, ValueError):
        return None


@lru_cache(4)
def _inlined(style):
    """A bundle with its fonts: half a second's work that a night does once."""
    return printable.inlined(style, _static)
