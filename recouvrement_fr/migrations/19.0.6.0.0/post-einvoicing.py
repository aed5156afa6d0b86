"""What contradicted was a rate; open invoices are read again the first night, for their indemnity and discount."""


def migrate(cr, version):
    cr.execute("UPDATE recouvrement_invoice_mention SET other_rate = TRUE WHERE state = 'contradicts'")
