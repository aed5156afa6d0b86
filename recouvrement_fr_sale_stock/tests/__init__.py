from . import test_sales_evidence
